"""Configuration: defaults, then a TOML file, then the environment (``MAATWERKWIJZER_…``), then options.

Every setting is described here once; the reference in the documentation is made from it. An unknown
key is an error that names it.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

from platformdirs import user_data_path
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from corpus.errors import SettingsError

PREFIX = "MAATWERKWIJZER_"
# Read by other parts of the program, not settings of this model.
_OTHER_VARIABLES = frozenset({"MAATWERKWIJZER_CONFIG"})


class Settings(BaseModel):
    """All settings, with their defaults."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    home: Path = Field(default_factory=lambda: user_data_path("maatwerkwijzer"), description="Map met index, toegevoegde documenten en cache.")
    chroma_url: str = Field("", description="Adres van een Chroma-server (http://…); leeg: ingebouwde Chroma in de home.")
    embedding: str = Field("e5", description="'e5' (meegeleverd, geoefend op dit onderwerp), 'e5-untuned' (zonder die oefening) of een sentence-transformers-model (naam of map).")
    reranker: str = Field("", description="Cross-encoder van sentence-transformers (naam of map); leeg: geen.")
    llm: str = Field("", description="Chatmodel als 'aanbieder:model' (LangChain); leeg: antwoorden zonder model.")
    llm_base_url: str = Field("", description="Adres van een OpenAI-compatibele server voor het chatmodel.")
    llm_api_key: str = Field("", description="Sleutel voor het chatmodel; komt nooit in logboek of antwoord.", repr=False)
    llm_timeout: float = Field(20.0, gt=0, le=600, description="Hoelang op het chatmodel gewacht wordt, in seconden.")
    host: str = Field("127.0.0.1", description="Adres waarop de webpagina luistert.")
    port: int = Field(7860, ge=0, le=65535, description="Poort van de webpagina.")
    max_question: int = Field(2000, ge=50, le=20000, description="Langste vraag, in tekens.")
    rate_per_minute: int = Field(15, ge=1, le=10000, description="Vragen per minuut en per bezoeker.")
    max_concurrent: int = Field(4, ge=1, le=64, description="Vragen die tegelijk behandeld worden.")
    max_queue: int = Field(64, ge=1, le=10000, description="Vragen die mogen wachten; daarboven volgt 429.")
    trusted_proxies: str = Field("", description="Adressen van eigen proxy's (komma's ertussen) waarvan X-Forwarded-For geloofd wordt.")
    feedback: bool = Field(False, description="Duimpjes bewaren, lokaal en zonder persoonsgegevens.")
    feedback_days: int = Field(90, ge=1, le=3650, description="Hoelang feedback bewaard blijft, in dagen.")
    staff_password: str = Field("", description="Wachtwoord voor de pagina's van medewerkers; leeg: open.", repr=False)
    cors_origins: str = Field("", description="Websites (komma's ertussen) die de API vanuit een browser mogen aanspreken.")


def load_settings(config: Path | None = None, **options: Any) -> Settings:
    """Merge the sources; an option that is None does not count.

    Raises:
        SettingsError: an unknown key, or a value that does not fit; the message names it.
    """
    values: dict[str, Any] = {}
    path = config or (Path(os.environ[f"{PREFIX}CONFIG"]) if os.environ.get(f"{PREFIX}CONFIG") else None)
    if path is not None:
        values.update(_from_file(path))
    for name, value in os.environ.items():
        if name.startswith(PREFIX) and name not in _OTHER_VARIABLES:
            key = name[len(PREFIX) :].lower()
            if key not in Settings.model_fields:
                raise SettingsError(f"De omgevingsvariabele {name} is geen instelling.", _known())
            values[key] = value
    values.update({k: v for k, v in options.items() if v is not None})
    for key, value in values.items():
        if "\0" in str(value):
            # No file or address has one; every use of such a value would fail in its own way.
            raise SettingsError(f"De instelling '{key}' bevat een nulteken.", "Kijk het configuratiebestand na.")
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(p) for p in first["loc"])
        raise SettingsError(
            f"De instelling '{key}' heeft een verkeerde waarde: {first['msg']}.", _known() if key not in Settings.model_fields else ""
        ) from None


def _from_file(path: Path) -> dict[str, Any]:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SettingsError(f"Het configuratiebestand {path} kan niet gelezen worden: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"Het configuratiebestand {path} is geen geldige TOML: {error}.") from None
    for key in data:
        if key not in Settings.model_fields:
            raise SettingsError(f"{path.name}: '{key}' is geen instelling.", _known())
    return data


def _known() -> str:
    return f"Instellingen: {', '.join(Settings.model_fields)}."
