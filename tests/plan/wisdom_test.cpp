// The wisdom file: what is recorded is found again; whatever else the file is, nobody is harmed.
#include "plan/wisdom.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <thread>

#include "basalt/error.h"
#include "plan/figures_json.h"
#include "plan/invented_machine.h"

namespace basalt {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsEmpty;

class WisdomTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "basalt-wisdom-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { fs::remove_all(folder_); }

  [[nodiscard]] fs::path file() const { return folder_ / "deep" / "wisdom.sqlite"; }
  [[nodiscard]] Wisdom wisdom() const { return Wisdom(file()); }

  void write(const std::string& bytes) const {
    fs::create_directories(file().parent_path());
    std::ofstream(file(), std::ios::binary) << bytes;
  }
  void run_sql(const char* sql) const {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(file().c_str(), &database), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
    sqlite3_close(database);
  }

  fs::path folder_;
};

std::string text_of(const CpuFigures& figures) {
  return figures_json(figures).dump();
}

TEST(FiguresJson, GoesThereAndBack) {
  const CpuFigures figures = invented_figures();
  const auto back = figures_from_json(figures_json(figures));
  ASSERT_TRUE(back);
  EXPECT_EQ(text_of(*back), text_of(figures));
  EXPECT_EQ(back->bandwidth[1].streaming_copy->median, 25e9);
  EXPECT_FALSE(back->bandwidth[0].streaming_copy);
  EXPECT_EQ(back->thread_costs[1].crossover_bytes, 400'000U);
  ASSERT_TRUE(back->plane_visits);
  EXPECT_EQ(back->plane_visits->steps, 4);
  EXPECT_EQ(back->plane_visits->gain, 1.5);
  EXPECT_EQ(back->plane_visits->from_bytes, 3'000'000U);
}

TEST(FiguresJson, OfBeforePlanesWereMeasuredAreGoodAllTheSame) {
  auto old = figures_json(invented_figures());
  old.erase("plane_visits");
  const auto back = figures_from_json(old);
  ASSERT_TRUE(back);
  EXPECT_FALSE(back->plane_visits);
  EXPECT_EQ(text_of(*back), old.dump());
}

TEST(FiguresJson, RefusesWhatCannotBe) {
  const auto good = figures_json(invented_figures());
  ASSERT_TRUE(figures_from_json(good));
  auto bad = good;
  bad["thread_costs"][0]["threads"] = -1;
  EXPECT_FALSE(figures_from_json(bad));
  bad = good;
  bad["peak_flops"][0]["f32"]["median"] = -5;
  EXPECT_FALSE(figures_from_json(bad));
  bad = good;
  bad["thread_costs"][0]["crossover_bytes"] = 1.5;
  EXPECT_FALSE(figures_from_json(bad));
  for (const auto& [key, value] : std::initializer_list<std::pair<const char*, nlohmann::ordered_json>>{
           {"steps", 0}, {"steps", 65}, {"steps", "many"}, {"gain", 0.9}, {"gain", -2}, {"from_bytes", -1}}) {
    bad = good;
    bad["plane_visits"][key] = value;
    EXPECT_FALSE(figures_from_json(bad)) << key << " " << value;
  }
  bad = good;
  bad["plane_visits"] = "none";
  EXPECT_FALSE(figures_from_json(bad));
  bad = good;
  bad.erase("prefetch_bytes");
  EXPECT_FALSE(figures_from_json(bad));
  EXPECT_FALSE(figures_from_json("text"));
  EXPECT_FALSE(figures_from_json({}));
}

std::string text_of(const DeviceFigures& figures) {
  return device_figures_json(figures).dump();
}

TEST(FiguresJson, OfDevicesGoesThereAndBack) {
  DeviceFigures figures = invented_device_figures();
  EXPECT_FALSE(device_figures_from_json(device_figures_json(figures))->double_precision);
  figures.double_precision = figures.single_precision;
  figures.double_precision->transposition_sweeps.median = 0.5;
  const auto back = device_figures_from_json(device_figures_json(figures));
  ASSERT_TRUE(back);
  EXPECT_EQ(text_of(*back), text_of(figures));
  EXPECT_EQ(back->double_precision->transposition_sweeps.median, 0.5);
}

TEST(FiguresJson, OfDevicesRefusesWhatCannotBe) {
  const auto good = device_figures_json(invented_device_figures());
  auto bad = good;
  bad["single"]["flops_per_second"]["median"] = 0;
  EXPECT_FALSE(device_figures_from_json(bad)) << "times are divided by it";
  bad = good;
  bad["single"]["stage_seconds"]["median"] = -1e-6;
  EXPECT_FALSE(device_figures_from_json(bad));
  bad = good;
  bad["double"] = "none";
  EXPECT_FALSE(device_figures_from_json(bad));
  bad = good;
  bad.erase("single");
  EXPECT_FALSE(device_figures_from_json(bad));
}

TEST(Fingerprint, OfADeviceChangesWithItAndItsDriver) {
  EXPECT_EQ(device_fingerprint("00ff", 7, 1), device_fingerprint("00ff", 7, 1));
  EXPECT_NE(device_fingerprint("00ff", 7, 1), device_fingerprint("00ff", 8, 1));
  EXPECT_NE(device_fingerprint("00ff", 7, 1), device_fingerprint("00fe", 7, 1));
  EXPECT_NE(device_fingerprint("00ff", 7, 1), device_fingerprint("00ff", 7, 2));
}

TEST(Fingerprint, ChangesWithWhateverChangesTheFigures) {
  const Inventory machine = invented_machine(8);
  EXPECT_EQ(cpu_fingerprint(machine), cpu_fingerprint(invented_machine(8)));
  EXPECT_EQ(cpu_fingerprint(machine).size(), 16U);
  Inventory other = machine;
  other.cores.value = 7;
  EXPECT_NE(cpu_fingerprint(other), cpu_fingerprint(machine));
  other = machine;
  other.features.emplace_back("avx512f");
  EXPECT_NE(cpu_fingerprint(other), cpu_fingerprint(machine));
  other = machine;
  other.caches[1].size_bytes *= 2;
  EXPECT_NE(cpu_fingerprint(other), cpu_fingerprint(machine));
  other = machine;
  other.processor += " X";
  EXPECT_NE(cpu_fingerprint(other), cpu_fingerprint(machine));
}

TEST(Fingerprint, IgnoresWhatChangesFromDayToDay) {
  Inventory other = invented_machine(8);
  other.memory_bytes.value /= 3;
  other.cores.source = "cgroup";
  EXPECT_EQ(cpu_fingerprint(other), cpu_fingerprint(invented_machine(8)));
}

TEST_F(WisdomTest, FindsWhatWasRecorded) {
  wisdom().record("a", "A machine", invented_figures());
  const WisdomLookup found = wisdom().find("a");
  ASSERT_TRUE(found.figures);
  EXPECT_EQ(text_of(*found.figures), text_of(invented_figures()));
  EXPECT_THAT(found.note, IsEmpty());
  EXPECT_FALSE(wisdom().find("b").figures);
}

TEST_F(WisdomTest, ALaterRecordReplacesAnEarlierOne) {
  wisdom().record("a", "A machine", invented_figures());
  CpuFigures later = invented_figures();
  later.prefetch_bytes = 12345;
  wisdom().record("a", "A machine", later);
  EXPECT_EQ(wisdom().find("a").figures->prefetch_bytes, 12345U);
}

TEST_F(WisdomTest, AnAbsentFileIsNoReasonForANote) {
  const WisdomLookup found = wisdom().find("a");
  EXPECT_FALSE(found.figures);
  EXPECT_THAT(found.note, IsEmpty());
  EXPECT_FALSE(fs::exists(file())) << "looking creates nothing";
  EXPECT_FALSE(wisdom().forget("a"));
}

TEST_F(WisdomTest, ADamagedFileGivesANoteAndIsNotOverwritten) {
  const std::string garbage(5000, 'x');
  write(garbage);
  EXPECT_FALSE(wisdom().find("a").figures);
  EXPECT_THAT(wisdom().find("a").note, HasSubstr("cannot be used"));
  EXPECT_THROW(wisdom().record("a", "A", invented_figures()), Error);
  std::ifstream in(file(), std::ios::binary);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(in), {}), garbage);
}

TEST_F(WisdomTest, ATruncatedFileGivesANote) {
  wisdom().record("a", "A", invented_figures());
  fs::resize_file(file(), fs::file_size(file()) / 2);
  EXPECT_FALSE(wisdom().find("a").figures);
  EXPECT_THAT(wisdom().find("a").note, HasSubstr("cannot be used"));
}

TEST_F(WisdomTest, ADatabaseOfAnotherProgramIsLeftAlone) {
  fs::create_directories(file().parent_path());
  run_sql("CREATE TABLE cpu (x)");
  EXPECT_THAT(wisdom().find("a").note, HasSubstr("another program"));
  EXPECT_THROW(wisdom().record("a", "A", invented_figures()), Error);
}

TEST_F(WisdomTest, AnotherVersionIsLeftAlone) {
  wisdom().record("a", "A", invented_figures());
  run_sql("PRAGMA user_version = 2");
  EXPECT_THAT(wisdom().find("a").note, HasSubstr("another version"));
}

TEST_F(WisdomTest, FiguresThatMakeNoSenseGiveANote) {
  wisdom().record("a", "A", invented_figures());
  run_sql("UPDATE cpu SET figures = '[[[1'");
  EXPECT_THAT(wisdom().find("a").note, HasSubstr("no sense"));
}

TEST_F(WisdomTest, AFolderInItsPlaceIsNoCrash) {
  fs::create_directories(file());
  EXPECT_FALSE(wisdom().find("a").figures);
  EXPECT_THROW(wisdom().record("a", "A", invented_figures()), Error);
}

TEST_F(WisdomTest, AReadOnlyFileCanStillBeRead) {
  wisdom().record("a", "A", invented_figures());
  ::chmod(file().c_str(), 0444);
  ::chmod(file().parent_path().c_str(), 0555);
  EXPECT_TRUE(wisdom().find("a").figures);
  if (::geteuid() != 0) {  // who is root may write all the same
    EXPECT_THROW(wisdom().record("b", "B", invented_figures()), Error);
  }
  ::chmod(file().parent_path().c_str(), 0755);
}

TEST_F(WisdomTest, SaysWhereAWriteFailed) {
  try {
    Wisdom("/proc/nothing/here.sqlite").record("a", "A", invented_figures());
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::io);
    EXPECT_THAT(error.message(), HasSubstr("/proc/nothing/here.sqlite"));
  }
  EXPECT_THROW(Wisdom({}).record("a", "A", invented_figures()), Error);
  EXPECT_FALSE(Wisdom({}).find("a").figures);
}

TEST_F(WisdomTest, ManyWritersAtOnceLoseNothing) {
  constexpr int kWriters = 6;
  std::vector<std::thread> writers;
  for (int i = 0; i < kWriters; ++i) {
    writers.emplace_back([&, i] {
      for (int round = 0; round < 5; ++round) {
        wisdom().record(std::to_string(i), "A", invented_figures());
      }
    });
  }
  for (std::thread& writer : writers) {
    writer.join();
  }
  for (int i = 0; i < kWriters; ++i) {
    EXPECT_TRUE(wisdom().find(std::to_string(i)).figures) << i;
  }
}

TEST_F(WisdomTest, ForgetsOneMachine) {
  wisdom().record("a", "A", invented_figures());
  wisdom().record("b", "B", invented_figures());
  EXPECT_TRUE(wisdom().forget("a"));
  EXPECT_FALSE(wisdom().forget("a"));
  EXPECT_FALSE(wisdom().find("a").figures);
  EXPECT_TRUE(wisdom().find("b").figures);
}

TEST_F(WisdomTest, WhatWasExportedCanBeImported) {
  wisdom().record("a", "A", invented_figures());
  wisdom().record("b", "B", invented_figures());
  const std::string document = wisdom().export_json();
  const Wisdom other(folder_ / "other.sqlite");
  EXPECT_EQ(other.import_json(document), 2U);
  EXPECT_EQ(other.export_json(), document);
}

TEST_F(WisdomTest, KeepsDevicesBesideProcessors) {
  wisdom().record("a", "A machine", invented_figures());
  EXPECT_FALSE(wisdom().find_device("a").figures);
  wisdom().record_device("a", "A card", invented_device_figures());
  const DeviceWisdomLookup found = wisdom().find_device("a");
  ASSERT_TRUE(found.figures);
  EXPECT_EQ(text_of(*found.figures), text_of(invented_device_figures()));
  EXPECT_TRUE(wisdom().forget("a"));
  EXPECT_TRUE(wisdom().find_device("a").figures);
  EXPECT_TRUE(wisdom().forget_device("a"));
  EXPECT_FALSE(wisdom().forget_device("a"));
  EXPECT_FALSE(wisdom().find_device("a").figures);
}

TEST_F(WisdomTest, AFileFromBeforeDevicesWereMeasuredTakesThem) {
  wisdom().record("a", "A machine", invented_figures());
  run_sql("DROP TABLE device");
  EXPECT_FALSE(wisdom().find_device("d").figures);
  EXPECT_THAT(wisdom().find_device("d").note, IsEmpty());
  EXPECT_EQ(Wisdom(folder_ / "other.sqlite").import_json(wisdom().export_json()), 1U);
  wisdom().record_device("d", "A card", invented_device_figures());
  EXPECT_TRUE(wisdom().find_device("d").figures);
  EXPECT_TRUE(wisdom().find("a").figures);
}

TEST_F(WisdomTest, ExportsDevicesToo) {
  wisdom().record("a", "A", invented_figures());
  wisdom().record_device("d", "A card", invented_device_figures());
  const Wisdom other(folder_ / "other.sqlite");
  EXPECT_EQ(other.import_json(wisdom().export_json()), 2U);
  EXPECT_EQ(other.export_json(), wisdom().export_json());
  EXPECT_EQ(text_of(*other.find_device("d").figures), text_of(invented_device_figures()));
}

TEST_F(WisdomTest, ImportsAllOrNothing) {
  for (const char* bad :
       {"", "{", "[]", "{\"basalt_wisdom\": 2, \"machines\": []}", "{\"basalt_wisdom\": 1}",
        "{\"basalt_wisdom\": 1, \"machines\": [1]}", "{\"basalt_wisdom\": 1, \"machines\": [], \"devices\": [{}]}",
        "{\"basalt_wisdom\": 1, \"machines\": [{\"fingerprint\": \"a\", \"processor\": \"A\"}]}"}) {
    EXPECT_THROW(static_cast<void>(wisdom().import_json(bad)), Error) << bad;
  }
  EXPECT_FALSE(fs::exists(file()));
}

TEST_F(WisdomTest, KeepsTheHistoryOfRuns) {
  EXPECT_FALSE(wisdom().find_history("a", "k").figures);
  EXPECT_FALSE(fs::exists(file())) << "looking creates nothing";
  for (int i = 0; i < 12; ++i) {
    wisdom().add_to_history("a", "k", 3);
  }
  wisdom().add_to_history("a", "other", 1);
  const HistoryLookup found = wisdom().find_history("a", "k");
  ASSERT_TRUE(found.figures);
  EXPECT_EQ(found.figures->samples(), 12U);
  EXPECT_EQ(found.figures->correction, 3);
  EXPECT_EQ(wisdom().find_history("a", "other").figures->samples(), 1U);
  EXPECT_FALSE(wisdom().find_history("b", "k").figures);
}

TEST_F(WisdomTest, MeasuringOrForgettingAMachineForgetsItsHistory) {
  wisdom().add_to_history("a", "k", 3);
  wisdom().add_to_history("b", "k", 3);
  wisdom().record("a", "A machine", invented_figures());
  EXPECT_FALSE(wisdom().find_history("a", "k").figures);
  EXPECT_TRUE(wisdom().find_history("b", "k").figures);
  EXPECT_TRUE(wisdom().forget("b"));
  EXPECT_FALSE(wisdom().find_history("b", "k").figures);
  EXPECT_FALSE(wisdom().forget("b"));
}

TEST_F(WisdomTest, ExportsTheHistoryToo) {
  wisdom().record("a", "A", invented_figures());
  wisdom().add_to_history("a", "k", 3);
  const Wisdom other(folder_ / "other.sqlite");
  other.add_to_history("a", "of other figures", 7);
  EXPECT_EQ(other.import_json(wisdom().export_json()), 1U) << "histories are not counted";
  EXPECT_EQ(other.export_json(), wisdom().export_json());
  EXPECT_EQ(other.find_history("a", "k").figures->ratios, std::vector<double>{3});
}

TEST_F(WisdomTest, BoundsTheKindsOfRunsOfOneMachine) {
  std::string document = R"({"basalt_wisdom": 1, "machines": [], "history": [)";
  for (int i = 0; i < 600; ++i) {
    document += (i == 0 ? "" : ",") + (R"({"fingerprint": "a", "kind": ")" + std::to_string(i)) +
                R"(", "figures": {"correction": 1, "ratios": [1]}})";
  }
  ASSERT_EQ(wisdom().import_json(document + "]}"), 0U);
  wisdom().add_to_history("a", "599", 1);
  EXPECT_FALSE(wisdom().find_history("a", "0").figures);
  EXPECT_TRUE(wisdom().find_history("a", "100").figures);
  EXPECT_EQ(wisdom().find_history("a", "599").figures->samples(), 2U);
}

TEST_F(WisdomTest, AHistoryThatMakesNoSenseBeginsAnew) {
  for (const char* bad : {"'[[1'", "'{\"correction\": 0, \"ratios\": []}'", "'{\"correction\": 1, \"ratios\": [-1]}'",
                          "'{\"correction\": 1e999, \"ratios\": [1]}'"}) {
    wisdom().add_to_history("a", "k", 3);
    run_sql((std::string("UPDATE history SET figures = ") + bad).c_str());
    EXPECT_FALSE(wisdom().find_history("a", "k").figures) << bad;
    EXPECT_THAT(wisdom().find_history("a", "k").note, HasSubstr("no sense"));
    wisdom().add_to_history("a", "k", 3);
    EXPECT_EQ(wisdom().find_history("a", "k").figures->samples(), 1U) << bad;
  }
}

TEST_F(WisdomTest, AFileFromBeforeThereWasHistoryTakesIt) {
  wisdom().record("a", "A machine", invented_figures());
  run_sql("DROP TABLE history");
  EXPECT_FALSE(wisdom().find_history("a", "k").figures);
  EXPECT_THAT(wisdom().find_history("a", "k").note, IsEmpty());
  wisdom().add_to_history("a", "k", 3);
  EXPECT_TRUE(wisdom().find_history("a", "k").figures);
}

TEST_F(WisdomTest, AForeignFileTakesNoHistory) {
  write(std::string(5000, 'x'));
  EXPECT_FALSE(wisdom().find_history("a", "k").figures);
  EXPECT_THROW(wisdom().add_to_history("a", "k", 3), Error);
}

TEST_F(WisdomTest, ManyRunsAtOnceAreAllInTheHistory) {
  constexpr int kWriters = 4;
  std::vector<std::thread> writers;
  for (int i = 0; i < kWriters; ++i) {
    writers.emplace_back([&] {
      for (int round = 0; round < 5; ++round) {
        wisdom().add_to_history("a", "k", 2);
      }
    });
  }
  for (std::thread& writer : writers) {
    writer.join();
  }
  EXPECT_EQ(wisdom().find_history("a", "k").figures->samples(), 20U);
}

TEST(WisdomPath, FollowsTheEnvironment) {
  // NOLINTBEGIN(concurrency-mt-unsafe): one thread
  const auto kept = [](const char* name) { return std::getenv(name) ? std::string(std::getenv(name)) : std::string(); };
  const std::string wisdom = kept("BASALT_WISDOM");
  const std::string cache = kept("XDG_CACHE_HOME");
  const std::string home = kept("HOME");
  ::setenv("BASALT_WISDOM", "/x/y.sqlite", 1);
  EXPECT_EQ(default_wisdom_path(), "/x/y.sqlite");
  ::unsetenv("BASALT_WISDOM");
  ::setenv("XDG_CACHE_HOME", "/cache", 1);
  EXPECT_EQ(default_wisdom_path(), "/cache/basalt/wisdom.sqlite");
  ::unsetenv("XDG_CACHE_HOME");
  ::setenv("HOME", "/home/u", 1);
  EXPECT_EQ(default_wisdom_path(), "/home/u/.cache/basalt/wisdom.sqlite");
  ::unsetenv("HOME");
  EXPECT_EQ(default_wisdom_path(), "");
  const auto restore = [](const char* name, const std::string& value) {
    value.empty() ? ::unsetenv(name) : ::setenv(name, value.c_str(), 1);
  };
  restore("BASALT_WISDOM", wisdom);
  restore("XDG_CACHE_HOME", cache);
  restore("HOME", home);
  // NOLINTEND(concurrency-mt-unsafe)
}

}  // namespace
}  // namespace basalt
