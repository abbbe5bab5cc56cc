# Everything needed to run and test the monitor. Set-up happens by itself, once, in .venv.
PYTHON ?= python3
BIN := .venv/bin
COUNTED := not browser and not kills and not simulated and not slow
QUICK := $(COUNTED) and not heavy
ROOMS := report digest sources outcomes
.PHONY: run tone test quick check format lint types layers coverage demo docs pictures bench truth chaos sbom clean
# Tests start the program over and over: what was compiled once need not be compiled again.
unexport PYTHONDONTWRITEBYTECODE

# PORT=8001 serves there, when 8000 is taken.
run: .venv/ready
	$(BIN)/monitor up $(if $(PORT),--port $(PORT))

# The small language model, which Settings can then choose to score posts by.
tone: .venv/ready-tone

demo: .venv/ready
	$(BIN)/monitor demo $(if $(PORT),--port $(PORT))

# Everything, as CI runs it. Lines and branches are counted in the rooms of which parts must be run whole; in all others that
# would only take time.
test: .venv/ready-dev
	$(MAKE) --no-print-directory check
	$(BIN)/pytest -n auto --dist worksteal $(ROOMS:%=--cov=monitor/%) --cov-report=json:.coverage.json
	$(BIN)/python -m tests.gates .coverage.json rooms

# The quick tests and the heavy ones, with the lines and branches that they run.
coverage: .venv/ready-dev
	$(BIN)/pytest -n auto --dist worksteal -m "$(COUNTED)" --cov --cov-report=json:.coverage.json
	$(BIN)/python -m tests.gates .coverage.json

# While one works: no browser, no processes that are ended, no made-up days, nothing that takes long.
# At its end it names the tests that should bear the mark of the heavy ones.
quick: .venv/ready-dev
	$(BIN)/pytest -n auto --dist worksteal -m "$(QUICK)"

check: .venv/ready-dev
	$(MAKE) --no-print-directory -j2 --output-sync format lint types layers

format:
	$(BIN)/ruff format --check .

lint:
	$(BIN)/ruff check .

types:
	$(BIN)/mypy

layers:
	$(BIN)/lint-imports --no-cache

# Writes the parts of the docs that the program knows, and the picture of its rooms.
docs: .venv/ready-dev
	$(BIN)/python -m docs.build
	$(BIN)/python -m docs.platforms.build
	$(BIN)/python -m docs.picture

# Takes the pictures of the docs again, in Chromium: the demo's first page and its mail. Posts have emoji, which need a
# typeface (on Debian: fonts-noto-color-emoji).
pictures: .venv/ready-dev
	$(BIN)/python -m docs.pictures.build

# Breaks the program on purpose, promise by promise, and writes docs/safety.md; up to three quarters of an hour.
# ONLY="kills mail" runs these experiments alone.
chaos: .venv/ready-chaos
	$(BIN)/python -m tests.chaos.board $(ONLY)

# Lives through made-up weeks whose truth is known, and checks what is said of them; some minutes.
# ONLY="T1 T6" or words of their names runs these alone.
truth: .venv/ready-dev
	$(BIN)/python -m bench.truth $(ONLY)

# What the program is made of, as CycloneDX, from the lock that it is installed by.
sbom: .venv/ready-dev
	$(BIN)/python -m tests.sbom > sbom.json

# LARGE=1 measures five million posts too; POSTGRES=DSN names an empty database to measure beside; FOLDER=DIR
# keeps the made-up archives; ONLY="addresses /people" measures these alone.
bench: .venv/ready-bench
	$(BIN)/python -m bench $(if $(LARGE),--large) $(if $(POSTGRES),--postgres $(POSTGRES)) \
	  $(if $(FOLDER),--folder $(FOLDER)) $(if $(ONLY),--only $(ONLY))

# The program is installed from this folder, which takes the few tools of requirements-build.txt.
.venv/ready: requirements.txt requirements-build.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --require-hashes -r requirements.txt -r requirements-build.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	touch $@

.venv/ready-tone: requirements-tone.txt tone_model/pyproject.toml .venv/ready
	$(BIN)/pip install --quiet --require-hashes -r requirements-tone.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation -e ./tone_model
	touch $@

.venv/ready-dev: requirements-dev.txt .venv/ready-tone
	$(BIN)/pip install --quiet --require-hashes -r requirements-dev.txt
	touch $@

.venv/ready-chaos: requirements-chaos.txt .venv/ready-dev
	$(BIN)/pip install --quiet --require-hashes -r requirements-chaos.txt
	touch $@

.venv/ready-bench: requirements-bench.txt .venv/ready
	$(BIN)/pip install --quiet --require-hashes -r requirements-bench.txt
	touch $@

clean:
	rm -rf .venv
