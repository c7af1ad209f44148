"""The look of Gradio's own parts: calm colours, fonts that every machine already has."""

from __future__ import annotations

from typing import Any

FONTS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Noto Sans", "Liberation Sans", "Arial", "sans-serif")
MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "Liberation Mono", "monospace")


def make_theme() -> Any:
    """The theme. Its colours are those of ``static/app.css``."""
    from gradio.themes import Base, Color, Size

    teal = Color("#eef6f6", "#d6eaea", "#aed5d6", "#7bb9bb", "#46969a", "#1f777c", "#0f5f66", "#0c4d53", "#0b4046", "#09343a", "#06262b", name="teal")
    sand = Color("#fbfaf7", "#f4f2ec", "#e7e3d9", "#d3cdbf", "#a8a193", "#767063", "#5c574c", "#47433b", "#312f2a", "#211f1c", "#161513", name="sand")
    size = Size("4px", "6px", "8px", "10px", "12px", "14px", "18px", name="mw")
    letters = Size("11px", "13px", "15px", "17px", "19px", "23px", "27px", name="mw_text")
    return Base(text_size=letters, primary_hue=teal, secondary_hue=teal, neutral_hue=sand, radius_size=size, font=list(FONTS), font_mono=list(MONO)).set(
        body_background_fill="#fbfaf7",
        body_background_fill_dark="#15191b",
        body_text_color="#1d2528",
        body_text_color_dark="#e8ecec",
        body_text_color_subdued="#55605f",
        body_text_color_subdued_dark="#a9b4b5",
        background_fill_primary="#ffffff",
        background_fill_primary_dark="#1d2326",
        background_fill_secondary="#f4f2ec",
        background_fill_secondary_dark="#15191b",
        border_color_primary="#d3cdbf",
        border_color_primary_dark="#3a4448",
        block_background_fill="transparent",
        block_background_fill_dark="transparent",
        block_border_width="0px",
        block_label_text_color="#1d2528",
        block_label_text_color_dark="#e8ecec",
        block_title_text_color="#1d2528",
        block_title_text_color_dark="#e8ecec",
        block_title_text_weight="600",
        block_shadow="none",
        block_padding="0px",
        button_primary_background_fill="#0f5f66",
        button_primary_background_fill_hover="#0b4046",
        button_primary_text_color="#ffffff",
        button_primary_background_fill_dark="#8fd0d2",
        button_primary_background_fill_hover_dark="#b5e2e3",
        button_primary_text_color_dark="#0b2427",
        button_secondary_background_fill="#ffffff",
        button_secondary_background_fill_dark="#1d2326",
        button_secondary_text_color="#0f5f66",
        button_secondary_text_color_dark="#9ad6d8",
        button_secondary_border_color="#7d8a8b",
        button_secondary_border_color_dark="#6b797d",
        button_border_width="1px",
        input_background_fill="#ffffff",
        input_background_fill_dark="#1d2326",
        input_border_color="#7d8a8b",
        input_border_color_dark="#7d8a8b",
        input_border_color_focus="#0f5f66",
        input_border_color_focus_dark="#8fd0d2",
        input_border_width="1px",
        input_placeholder_color="#626c6c",
        input_placeholder_color_dark="#a3aeaf",
        link_text_color="#0f5f66",
        link_text_color_dark="#8fd0d2",
    )
