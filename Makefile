# One Makefile for everything, non-recursive. `make help` lists the verbs.

VARIANT ?= release
VERSION := 0.1.0
B       := build/$(VARIANT)
GEN     := build/gen
BIN     := build/bin
PREFIX  ?= /usr/local

ifeq ($(filter $(VARIANT),debug release asan tsan cov fuzz),)
$(error VARIANT is one of: debug release asan tsan cov fuzz)
endif

MAKEFLAGS += -r --no-print-directory
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:
.SUFFIXES:
Q := $(if $(V),,@)
# what a verb builds is built by all processors, unless whoever called make has said -j
BUILD = $(MAKE) $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc))

# ---- packages -------------------------------------------------------------------------------------------------------

BUILD_PACKAGES := gcc libc6-dev make pkgconf protobuf-c-compiler libprotobuf-c-dev libevent-dev \
                  libmbedtls-dev libsqlite3-dev check
CHECK_PACKAGES := libosmocore-utils python3 procps tshark fiu-utils
LINT_PACKAGES  := clang clang-tidy clang-format cppcheck shellcheck
FUZZ_PACKAGES  := clang libclang-rt-14-dev
COV_PACKAGES   := gcovr

SUDO := $(if $(filter 0,$(shell id -u)),,sudo)
# $(call need,packages): installs what is missing of them, and says so. Says the command when it cannot.
need = @missing=; for p in $(1); do \
	  case "$$(dpkg-query -W -f '$${db:Status-Status}' $$p 2>/dev/null)" in installed) ;; *) missing="$$missing $$p";; esac; \
	done; \
	if [ -n "$$missing" ]; then \
	  echo "installing:$$missing"; \
	  { $(SUDO) apt-get update -qq && \
	    $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; } || \
	  { echo "cannot install; as root run: apt-get install$$missing" >&2; exit 1; }; \
	fi

# ---- flags ----------------------------------------------------------------------------------------------------------

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes \
            -Wmissing-prototypes -Wold-style-definition -Wundef -Wcast-qual -Wcast-align -Wvla -Wswitch-enum \
            -Wformat=2 -Wwrite-strings -Wimplicit-fallthrough -Wnull-dereference -Wdouble-promotion -Werror
CFLAGS_debug   := -O0 -g3
CFLAGS_release := -O2 -g
CFLAGS_asan    := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
CFLAGS_tsan    := -O1 -g -fsanitize=thread
CFLAGS_cov     := -O0 -g --coverage
CFLAGS_fuzz    := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
LDFLAGS_asan   := -fsanitize=address,undefined
# Each unit test is a fork: what its parent holds back from free, every one of them copies.
export ASAN_OPTIONS ?= quarantine_size_mb=4
LDFLAGS_tsan   := -fsanitize=thread
LDFLAGS_cov    := --coverage
LDFLAGS_fuzz   := -fsanitize=address,undefined

ifeq ($(origin CC),default)
CC := $(if $(filter fuzz,$(VARIANT)),clang,gcc)
endif
CPPFLAGS_ALL := -D_GNU_SOURCE -DE2ESIM_VERSION='"$(VERSION)"' -I. -isystem $(GEN) $(CPPFLAGS)
CFLAGS_ALL   := -std=c11 $(CFLAGS_$(VARIANT)) $(CFLAGS)
LDFLAGS_ALL  := $(LDFLAGS_$(VARIANT)) $(LDFLAGS)
LIBS_CORE    := -lprotobuf-c -lmbedcrypto
LIBS         := $(LIBS_CORE) -levent_core -lsqlite3
LIBS_CHECK   := -lcheck_pic -lsubunit -lm -lrt -pthread

# ---- sources --------------------------------------------------------------------------------------------------------

PROTO_C   := $(GEN)/ciot.pb-c.c
ROLES     := hss emse eese ue
DAEMONS   := $(patsubst %/main.c,%d,$(wildcard $(ROLES:%=%/main.c)))
PURE_SRC  := $(wildcard common/base/*.c common/core/*.c common/crypto/*.c common/wire/*.c common/node/*.c)
ROLE_SRC  := $(filter-out %/main.c,$(foreach r,$(ROLES),$(wildcard $(r)/*.c)))
SHELL_SRC := $(wildcard common/daemon/*.c)
SIM_SRC   := $(filter-out scenarios/sim/main.c,$(wildcard scenarios/sim/*.c scenarios/sim/*/*.c))
UNIT_SRC  := $(wildcard test/unit/*.c)
FUZZ_SRC  := $(wildcard test/fuzz/fuzz_*.c)
BENCH_SRC := $(wildcard test/bench/*.c)
OUR_C     := $(PURE_SRC) $(ROLE_SRC) $(SHELL_SRC) $(SIM_SRC) $(UNIT_SRC) $(FUZZ_SRC) $(BENCH_SRC) $(ROLES:%=%/main.c) scenarios/sim/main.c
OUR_H     := $(wildcard common/*/*.h scenarios/sim/*/*.h test/unit/*.h test/fuzz/*.h) $(foreach r,$(ROLES),$(wildcard $(r)/*.h))

objs = $(patsubst %.c,$(B)/%.o,$(1))
LIB_OBJ   := $(call objs,$(PURE_SRC) $(ROLE_SRC) $(SHELL_SRC)) $(B)/ciot.pb-c.o
SIM_OBJ   := $(call objs,$(SIM_SRC))
UNIT_OBJ  := $(call objs,$(UNIT_SRC)) $(B)/gen/unit_main.o
SUITES    := $(patsubst test/unit/%.c,%,$(wildcard test/unit/test_*.c))
FUZZERS   := $(patsubst test/fuzz/%.c,$(B)/%,$(FUZZ_SRC))
BENCHES   := $(patsubst test/bench/%.c,$(B)/bench_%,$(BENCH_SRC))
PROGRAMS  := $(DAEMONS:%=$(B)/%) $(patsubst scenarios/sim/main.c,$(B)/e2esim,$(wildcard scenarios/sim/main.c))

.PHONY: all programs run check demo unit scenarios kills asan tsan cov fuzz lint format deps install clean help golden bench

all: programs ## build hssd emsed eesed ued e2esim into build/bin/

programs: $(PROGRAMS)
	@mkdir -p $(BIN)
	$(Q)for p in $^; do cmp -s $$p $(BIN)/$${p##*/} || install -m 755 $$p $(BIN)/; done

run: deps-build ## install what is missing, build, run the flagship scenario over four daemons
	@$(BUILD) all
	@$(BIN)/e2esim run scenarios/flow/full-rekey.scn
	@echo
	@echo "The same flow as the contribution words it, with one RAND lost on its way to the UE:"
	@echo "    build/bin/e2esim run scenarios/races/rand-lost-to-ue.scn --variant literal"

demo: deps-build ## the flagship with pauses, for an audience
	@$(BUILD) all
	@$(BIN)/e2esim run scenarios/demo/full-rekey-slow.scn

check: deps-build deps-check ## install what is missing, build, run all tests
	@$(BUILD) all unit-program
	@sh test/run $(B)

unit: unit-program ## unit tests only
	@$(B)/unit

unit-program: $(B)/unit

scenarios: all ## every shipped scenario, live, in lockstep and virtual
	@sh test/sim/scenarios.sh $(BIN)

kills: all ## each daemon dies at each message of the flow, live
	@KILLS=live BIN=$(BIN) sh test/sim/kills.sh

asan: deps-build deps-check ## all tests under AddressSanitizer and UBSan
	@$(BUILD) VARIANT=asan BIN=build/asan/bin all unit-program
	@BIN=build/asan/bin sh test/run build/asan

tsan: deps-build deps-check ## all tests under ThreadSanitizer
	@$(BUILD) VARIANT=tsan BIN=build/tsan/bin all unit-program
	@BIN=build/tsan/bin sh test/run build/tsan

cov: deps-build deps-check ## coverage of all tests; role cores must reach 95 % of lines
	$(call need,$(COV_PACKAGES))
	@$(BUILD) VARIANT=cov BIN=build/cov/bin all unit-program
	@BIN=build/cov/bin sh test/run build/cov
	@sh test/coverage build/cov

fuzz: deps-build ## each fuzzer for FUZZ_SECONDS (20), or for FUZZ_RUNS, then the same each time
	$(call need,$(FUZZ_PACKAGES))
	@$(BUILD) VARIANT=fuzz fuzz-programs
	@sh test/fuzz/run build/fuzz $(if $(FUZZ_RUNS),runs=$(FUZZ_RUNS),$(or $(FUZZ_SECONDS),20))

fuzz-programs: $(FUZZERS)

lint: deps-build ## include and symbol rules, format, clang-tidy, cppcheck, shellcheck
	$(call need,$(LINT_PACKAGES))
	@$(BUILD) all
	@sh test/lint/run $(B)

format: ## reformat our C sources
	$(call need,clang-format)
	@clang-format -i $(OUR_C) $(OUR_H)

golden: all ## rewrite the golden files from what the programs print now (review the diff)
	@sh test/golden/write $(BIN)

bench: all $(BENCHES) ## programs that measure; nothing here is a test (BENCH=--json)
	@sh test/bench/run $(B) $(BIN) $(BENCH)

deps: ## install every package that any verb needs
	$(call need,$(BUILD_PACKAGES) $(CHECK_PACKAGES) $(LINT_PACKAGES) $(FUZZ_PACKAGES) $(COV_PACKAGES))
deps-build:
	$(call need,$(BUILD_PACKAGES))
deps-check: | deps-build # not two installers at once
	$(call need,$(CHECK_PACKAGES))

install: all ## install programs and scenarios below PREFIX (/usr/local)
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/e2esim
	install -m 755 $(DAEMONS:%=$(BIN)/%) $(BIN)/e2esim $(DESTDIR)$(PREFIX)/bin/
	cp -r proto $(DESTDIR)$(PREFIX)/share/e2esim/
	cd scenarios && find . -name '*.scn' -exec install -D -m 644 {} $(abspath $(DESTDIR)$(PREFIX))/share/e2esim/scenarios/{} \;

clean: ## remove build/
	rm -rf build

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]*:.*## /{printf "  make %-10s %s\n", $$1, $$2}' Makefile

# ---- rules ----------------------------------------------------------------------------------------------------------

$(GEN)/ciot.pb-c.c $(GEN)/ciot.pb-c.h &: proto/ciot.proto
	@mkdir -p $(GEN)
	@echo "  PROTOC $<"
	$(Q)protoc-c --c_out=$(GEN) -Iproto $<

$(B)/ciot.pb-c.o: $(PROTO_C)
	@mkdir -p $(@D)
	@echo "  CC     $<"
	$(Q)$(CC) -std=c11 -w $(CFLAGS_$(VARIANT)) -I$(GEN) -c $< -o $@

$(B)/scenarios/sim/show/profile.o: proto/ciot.proto # is in it, word for word
$(B)/%.o: %.c Makefile | $(GEN)/ciot.pb-c.h
	@mkdir -p $(@D)
	@echo "  CC     $<"
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(WARNINGS) -MMD -MP -c $< -o $@

$(B)/gen/unit_main.c: $(wildcard test/unit/test_*.c) Makefile
	@mkdir -p $(@D)
	@{ echo '#include <check.h>'; echo '#include <stdlib.h>'; \
	   for s in $(SUITES); do echo "Suite *$${s}_suite(void);"; done; \
	   echo 'int main(void)'; echo '{'; echo '    SRunner *r = srunner_create(suite_create("all"));'; \
	   for s in $(SUITES); do echo "    srunner_add_suite(r, $${s}_suite());"; done; \
	   echo '    srunner_run_all(r, CK_ENV);'; echo '    int failed = srunner_ntests_failed(r);'; \
	   echo '    srunner_free(r);'; echo '    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;'; echo '}'; } > $@
$(B)/gen/unit_main.o: $(B)/gen/unit_main.c
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -c $< -o $@

$(B)/libe2e.a: $(LIB_OBJ)
	@rm -f $@
	$(Q)ar rcs $@ $^
$(B)/libsim.a: $(SIM_OBJ)
	@rm -f $@
	$(Q)ar rcs $@ $^

# a daemon links its own role only: the EESE has no code that touches an e2m key (clause 5.Y.3)
NOT_IN_eese := common/crypto/keyset_e2m.c common/crypto/aka.c common/crypto/milenage.c common/daemon/config_aka.c
define daemon_rule
$(B)/$(1)d: $(call objs,$(filter-out $(NOT_IN_$(1)),$(PURE_SRC) $(SHELL_SRC)) $(filter $(1)/%,$(ROLE_SRC)) $(1)/main.c) $(B)/ciot.pb-c.o
	@echo "  LD     $$@"
	$$(Q)$$(CC) $$(CFLAGS_ALL) $$^ $$(LDFLAGS_ALL) $$(LIBS) -o $$@
endef
$(foreach r,$(ROLES),$(eval $(call daemon_rule,$(r))))

$(B)/e2esim: $(B)/scenarios/sim/main.o $(B)/libsim.a $(B)/libe2e.a
	@echo "  LD     $@"
	$(Q)$(CC) $(CFLAGS_ALL) $^ $(LDFLAGS_ALL) $(LIBS) -o $@

$(B)/unit: $(UNIT_OBJ) $(B)/libsim.a $(B)/libe2e.a
	@echo "  LD     $@"
	$(Q)$(CC) $(CFLAGS_ALL) $^ $(LDFLAGS_ALL) $(LIBS) $(LIBS_CHECK) -o $@

$(B)/bench_%: $(B)/test/bench/%.o $(B)/libsim.a $(B)/libe2e.a
	@echo "  LD     $@"
	$(Q)$(CC) $(CFLAGS_ALL) $^ $(LDFLAGS_ALL) $(LIBS) -o $@

$(B)/fuzz_%: $(B)/test/fuzz/fuzz_%.o $(B)/libsim.a $(B)/libe2e.a
	@echo "  LD     $@"
	$(Q)$(CC) $(CFLAGS_ALL) -fsanitize=fuzzer $^ $(LDFLAGS_ALL) $(LIBS) -o $@

-include $(patsubst %.o,%.d,$(LIB_OBJ) $(SIM_OBJ) $(UNIT_OBJ)) $(ROLES:%=$(B)/%/main.d) $(B)/scenarios/sim/main.d
