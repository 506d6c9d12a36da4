# Every habit, one line each: `make` lists them. Needs Python 3.11 or newer and make; test-broker, bench and chaos
# also need Java 17 or newer and Maven, and say so.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

VENV := .venv
READY := $(VENV)/.ready
BIN := $(VENV)/bin
TOOLS := .cache/deploy-tools
BROWSER := .cache/browser-tools
RUN := $(BIN)/python
SHARED ?= ../shared
GOLD ?= $(SHARED)/data/gold/stories.jsonl.gz
TEXTS ?= $(SHARED)/data/text/articles.jsonl.gz
CODE := config processors consumers bench tests
# the first of these that is new enough; PYTHON=/path/to/python overrides
PYTHONS := python3.11 python3.12 python3.13 python3.14 python3
PYTHON ?= $(shell for p in $(PYTHONS); do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$p && break; done; true)

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(READY): requirements-dev.lock pyproject.toml
	@[[ -n "$(PYTHON)" ]] || { echo "Kawat needs Python 3.11 or newer; tried $(PYTHONS): $$(python3 --version 2>&1 || true)" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(f"Kawat needs Python 3.11 or newer; $(PYTHON) is {sys.version.split()[0]}" if sys.version_info < (3, 11) else 0)'
	@echo "installing into $(VENV) (once, a minute or two)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)

install: $(READY)  ## the project and its tools into .venv, from the lock

demo: $(READY)  ## the whole flow on an embedded broker, with stories of our own; KEEP=1 leaves it running, with the live page
	@$(BIN)/kawat demo $(if $(KEEP),--keep)

test: $(READY)  ## the tests that need nothing but Python
	@$(RUN) -m pytest -m "not broker and not browser" $(ARGS)

lint: $(READY)  ## ruff: rules and format
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

format: $(READY)  ## ruff: mend what it can
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .

types: $(READY)  ## mypy, strict
	@$(BIN)/mypy

contracts: $(READY)  ## write config/contracts, dashboards and manifests from what they are made of
	@$(RUN) -m consumers.contracts
	@$(RUN) deploy/grafana/make.py
	@$(RUN) deploy/kubernetes/make.py

check-contracts: $(READY)  ## do config/contracts, dashboards and manifests say what the code does?
	@$(RUN) -m consumers.contracts --check
	@$(RUN) deploy/grafana/make.py --check
	@$(RUN) deploy/kubernetes/make.py --check

test-broker: $(READY)  ## tests on a real Apache Kafka; KAFKA=3.9.2 for another version
	@$(RUN) -m pytest -p no:hypothesispytest -m broker tests/broker $(if $(KAFKA),--kafka-version $(KAFKA)) $(ARGS)

$(BROWSER)/.ready: tests/browser/tools.lock
	@rm -rf $(BROWSER) && $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --target $(BROWSER) -r $<
	@touch $@

test-live: $(READY) $(BROWSER)/.ready  ## the live page in a headless Chromium, before a real worker; PICTURES=docs for its picture
	@PYTHONPATH=$(BROWSER) LIVE_PICTURES=$(PICTURES) $(RUN) -m pytest -p no:hypothesispytest -m browser tests/browser $(ARGS)

chaos-short: $(READY)  ## workers and broker killed and frozen for a minute: nothing lost, nothing doubled
	@for version in $(or $(KAFKA),3.9.2 4.4.0); do $(RUN) -m bench.chaos --kafka-version $$version $(ARGS); done

chaos: $(READY)  ## the same for ten minutes
	@$(RUN) -m bench.chaos --long --kafka-version $(or $(KAFKA),3.9.2) $(ARGS)

bench: $(READY)  ## throughput, latency, takeover, memory on a real Apache Kafka; results go to docs/
	@$(RUN) -m bench.stream all --out docs $(ARGS)

$(TOOLS)/.ready: deploy/check/tools.lock
	@rm -rf $(TOOLS) && $(PYTHON) -m venv $(TOOLS)
	@$(TOOLS)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

check-deploy: $(READY) $(TOOLS)/.ready  ## all of deploy/ that a machine can check; needs prometheus and prometheus-alertmanager
	@promtool check config deploy/prometheus/prometheus.yml
	@promtool test rules deploy/prometheus/tests/*.yml
	@amtool check-config deploy/alertmanager/alertmanager.yml
	@$(TOOLS)/bin/hadolint --failure-threshold info deploy/Dockerfile && echo "hadolint: nothing to say"
	@$(RUN) deploy/check/kubernetes.py --kubectl $(TOOLS)/bin/kubectl
	@$(RUN) deploy/check/image.py .cache/image
	@$(RUN) -m bench.panels --kawat .cache/image/opt/kawat/bin/kawat

dashboard-picture: $(READY)  ## docs/dashboard-*.png from real data; needs npm, Chromium, and what check-deploy and test-broker need
	@$(RUN) -m bench.panels --seconds 100 --save .cache/picture
	@$(RUN) -m bench.drill outlet --save .cache/picture-drift
	@cp .cache/picture-drift/language.js .cache/picture/
	@$(RUN) deploy/grafana/picture/draw.py .cache/picture docs

quality: $(READY)  ## cleaning, entities, quotes on annotated stories (../shared) against the baseline; ACCEPT=1 moves it
	@$(RUN) -m bench.quality $(SHARED) $(if $(ACCEPT),--accept)

growth: $(READY)  ## how cost grows with the text, whatever is in it; ARGS=--quick for a minute, ARGS="--out docs" for the page
	@$(RUN) -m bench.growth $(ARGS)

# what a run has done is in build/training: stopped and called again, it goes on
LEARN = $(RUN) -m training.train build/training/$(1) --gold $(GOLD) --texts $(TEXTS) $(2) $(ARGS)
train: $(READY)  ## both encoders anew from annotated stories (hours), then their figures; GOLD=... TEXTS=... (docs/training.md)
	@$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[train]'
	@$(call LEARN,accurate,--epochs 8)
	@$(call LEARN,fast,--teacher build/training/accurate/last.pt --layers 4 --rate 3e-4 --epochs 2)
	@for model in accurate fast; do \
		$(RUN) -m training.export build/training/$$model/last.pt build/training/$$model/model --name $$model; \
		$(RUN) -m training.weigh build/training/$$model/model --gold $(GOLD); \
		$(RUN) -m training.measure build/training/$$model/model --gold $(GOLD) --split dev; done

evaluate: $(READY)  ## what each model is worth on the annotated test stories (../shared), our own cleaning before it
	@for model in "--encoder accurate" "--encoder fast" ""; do echo "== $${model:-rules}"; \
		$(RUN) -m bench.score $(SHARED) --split test $$model; done

lock: $(READY)  ## requirements.lock and requirements-dev.lock from pyproject.toml; UPGRADE=1 for newest versions
	@$(BIN)/pip install --quiet --disable-pip-version-check --target .cache/uv uv
	@for lock in "requirements.lock" "requirements-dev.lock --extra dev --extra embedded --extra otel --constraint requirements.lock"; do \
		.cache/uv/bin/uv pip compile pyproject.toml --quiet --output-file $$lock --universal --python-version 3.11 \
			--generate-hashes --no-emit-index-url --no-header --no-annotate $(if $(UPGRADE),--upgrade); done
	@for tools in deploy/check/tools tests/browser/tools; do \
		.cache/uv/bin/uv pip compile $$tools.in --quiet --output-file $$tools.lock --universal --python-version 3.11 \
			--generate-hashes --no-emit-index-url --no-header --no-annotate $(if $(UPGRADE),--upgrade); done

sbom: $(READY)  ## a bill of materials of the locked dependencies (CycloneDX), to build/sbom.json
	@[[ -d .cache/cyclonedx ]] || $(BIN)/pip install --quiet --disable-pip-version-check --target .cache/cyclonedx cyclonedx-bom
	@mkdir -p build
	@PYTHONPATH=.cache/cyclonedx $(RUN) -W ignore::UserWarning -m cyclonedx_py requirements requirements.lock \
		--pyproject pyproject.toml --output-reproducible --validate --output-file build/sbom.json
	@$(RUN) -c 'import json; print("build/sbom.json:", len(json.load(open("build/sbom.json"))["components"]), "components")'

audit: $(READY)  ## known vulnerabilities of the locked dependencies, where the package index tells
	@[[ -d .cache/pip-audit ]] || $(BIN)/pip install --quiet --disable-pip-version-check --target .cache/pip-audit pip-audit
	@PYTHONPATH=.cache/pip-audit $(RUN) -m bench.vulnerabilities requirements.lock requirements-dev.lock

clean:  ## away with .venv, caches and build output
	rm -rf $(VENV) .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist *.egg-info .noida-db

.PHONY: help check-deploy dashboard-picture install demo test lint format types contracts check-contracts test-broker test-live chaos chaos-short bench quality growth lock clean train sbom audit
