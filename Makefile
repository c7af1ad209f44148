# Two commands matter: `make chat` opens the web page, `make test` runs the tests. Both prepare .venv first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready

.PHONY: chat test check soak audit browser clean

chat: $(STAMP)
	$(BIN)/maatwerkwijzer chat

test: $(STAMP) browser
	$(MAKE) --no-print-directory check
	$(BIN)/python -m pytest -m "not soak"

# The long part: load, faults and fuzzing.
soak: $(STAMP) browser
	$(BIN)/python -m pytest -m soak

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Looks up the pinned versions among the known vulnerabilities. Needs the network, so no test waits for it; pip-audit has an
# environment of its own, which nothing else installs. --strict: a version that could not be looked up is not a safe one.
audit:
	test -x $(VENV)/audit/bin/python || $(PYTHON) -m venv $(VENV)/audit
	$(VENV)/audit/bin/python -m pip install --quiet --disable-pip-version-check --upgrade pip-audit
	$(VENV)/audit/bin/pip-audit --strict --no-deps --disable-pip --progress-spinner off -r constraints.txt

# One resolver run in which every version is given; quick, because there is nothing to choose.
$(STAMP): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $(STAMP)

# The browser tests use the system's Chromium.
browser:
	@command -v chromium >/dev/null 2>&1 || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null; \
	  else echo "Chromium is not installed: the browser tests will be skipped (Debian: apt-get install chromium)."; fi; }

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache build *.egg-info
