# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
export TESTS WITH PYTEST_ARGS EXIT PORT SIMULATOR_PORT RUNS SEED FROM SABOTAGE BENCH SCREENS WIDTH FOLDER LANGUAGES INVOICES

help demo shell test test-unit test-native lint docs screenshots chaos bench year hosts copy upgrade validators:
	@tools/python -m tools $@

.PHONY: help demo shell test test-unit test-native lint docs screenshots chaos bench year hosts copy upgrade validators
