//===- CudaLoaderTest.cpp ---------------------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "DeviceContract.h"
#include "FakeDriverSupport.h"
#include "gmock/gmock.h"
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

using namespace hapax;
using namespace hapax::test;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Kind = DeviceError::Kind;
using cuda::Result;

namespace {

/// The error of opening a device with a driver that is set up so.
DeviceError errorOf(const fake::Settings &S,
                    const CudaSource &Source = fakeSource(), int Ordinal = 0) {
  fakeCuda().reset(S);
  auto Memory = openCudaMemoryFrom(Source, Ordinal);
  EXPECT_FALSE(Memory);
  if (Memory)
    return {};
  Memory = std::unexpected(Memory.error());
  EXPECT_THAT(fakeCuda().leaks(), IsEmpty());
  EXPECT_THAT(fakeCuda().misuse(), IsEmpty());
  EXPECT_EQ(Memory.error().Message.find('\n'), std::string::npos);
  return Memory.error();
}

DeviceError errorOfLibrary(const std::string &Library) {
  CudaSource Source;
  Source.Library = Library;
  return errorOf({}, Source);
}

class CudaLoaderTest : public ::testing::Test {
protected:
  CudaLoaderTest() {
    std::filesystem::path Pattern = ::testing::TempDir();
    Folder = (Pattern / "hapax-loader-XXXXXX").string();
    EXPECT_NE(mkdtemp(Folder.data()), nullptr);
    unsetenv("CUDA_VISIBLE_DEVICES");
  }
  ~CudaLoaderTest() override {
    std::filesystem::remove_all(Folder);
    unsetenv("CUDA_VISIBLE_DEVICES");
  }

  std::string Folder;
};

TEST_F(CudaLoaderTest, ALibraryThatIsNotThere) {
  DeviceError E = errorOfLibrary(Folder + "/libcuda.so.1");
  EXPECT_EQ(E.Reason, Kind::NoDriver);
  EXPECT_THAT(E.Message, HasSubstr("is not there: install the NVIDIA driver"));
}

TEST_F(CudaLoaderTest, ALibraryThatCannotBeLoaded) {
  std::ofstream(Folder + "/libcuda.so.1") << "no library at all";
  DeviceError E = errorOfLibrary(Folder + "/libcuda.so.1");
  EXPECT_EQ(E.Reason, Kind::NoDriver);
  EXPECT_THAT(E.Message, HasSubstr("is there but cannot be loaded"));
}

TEST_F(CudaLoaderTest, ALibraryThatIsNoDriver) {
  DeviceError E = errorOfLibrary(HAPAX_NOT_CUDA);
  EXPECT_EQ(E.Reason, Kind::NoDriver);
  EXPECT_THAT(E.Message, HasSubstr("is not a CUDA driver"));
}

TEST_F(CudaLoaderTest, TheToolkitsStub) {
  const char *Stub = "/usr/local/cuda/lib64/stubs/libcuda.so";
  if (access(Stub, R_OK) != 0)
    GTEST_SKIP() << "no CUDA Toolkit here";
  DeviceError E = errorOfLibrary(Stub);
  EXPECT_EQ(E.Reason, Kind::NoDriver);
  EXPECT_THAT(E.Message, HasSubstr("stub"));
}

TEST_F(CudaLoaderTest, ADriverThatIsTooOld) {
  DeviceError E = errorOf({.Version = 11080});
  EXPECT_EQ(E.Reason, Kind::DriverTooOld);
  EXPECT_EQ(E.Message, "the driver supports CUDA 11.8, 12.0 is needed: install "
                       "NVIDIA driver 525 or newer");
}

TEST_F(CudaLoaderTest, AnyFunctionThatIsMissing) {
#define HAPAX_CUDA_NAME(NAME, ...) "cu" #NAME,
  for (std::string Name : {HAPAX_CUDA_FUNCTIONS(HAPAX_CUDA_NAME)}) {
#undef HAPAX_CUDA_NAME
    DeviceError E = errorOf({.Missing = {Name}});
    EXPECT_EQ(E.Reason, Kind::DriverTooOld);
    EXPECT_THAT(E.Message, HasSubstr("lacks " + Name + ": update"));
  }
}

TEST_F(CudaLoaderTest, ADriverThatDoesNotStart) {
  struct {
    Result Code;
    Kind Reason;
    const char *Message;
  } Cases[] = {
      {Result::NoDevice, Kind::NoDevice, "sees no device"},
      {Result::Unknown, Kind::NoDevice, "kernel module nvidia"},
      {Result::OperatingSystem, Kind::NoDevice, "kernel module nvidia"},
      {Result::StubLibrary, Kind::NoDriver, "stub"},
      {Result::SystemDriverMismatch, Kind::NoDriver, "reboot"},
      {Result::CompatNotSupportedOnDevice, Kind::NoDriver, "compatibility"},
      {Result::SystemNotReady, Kind::NoDevice, "fabric manager"},
      {Result::NotPermitted, Kind::NoPermission, "may not use"},
      {Result::DeviceUnavailable, Kind::NoDevice, "to itself"},
  };
  for (auto &C : Cases) {
    DeviceError E =
        errorOf({.Faults = {{.Function = "cuInit", .Code = C.Code}}});
    EXPECT_EQ(E.Reason, C.Reason) << E.Message;
    EXPECT_THAT(
        E.Message,
        AllOf(HasSubstr(C.Message),
              HasSubstr(C.Code == Result::StubLibrary ? "" : "cuInit")));
  }
}

TEST_F(CudaLoaderTest, DevicesThatAreHidden) {
  setenv("CUDA_VISIBLE_DEVICES", "-1", 1);
  for (fake::Settings S :
       {fake::Settings{
            .Faults = {{.Function = "cuInit", .Code = Result::NoDevice}}},
        fake::Settings{.Devices = 0}}) {
    DeviceError E = errorOf(S);
    EXPECT_EQ(E.Reason, Kind::NoDevice);
    EXPECT_THAT(E.Message,
                HasSubstr("CUDA_VISIBLE_DEVICES='-1' hides every device"));
  }
  unsetenv("CUDA_VISIBLE_DEVICES");
  EXPECT_THAT(errorOf({.Devices = 0}).Message, HasSubstr("sees no device"));
}

TEST_F(CudaLoaderTest, OnlyWhatHidesAllIsBlamed) {
  CudaSource Source = fakeSource();
  Source.DeviceNodes = Folder;
  auto IsBlamed = [&](const char *Visible) {
    setenv("CUDA_VISIBLE_DEVICES", Visible, 1);
    DeviceError E = errorOf({.Devices = 0}, Source);
    unsetenv("CUDA_VISIBLE_DEVICES");
    EXPECT_EQ(E.Reason, Kind::NoDevice);
    return E.Message.find("CUDA_VISIBLE_DEVICES") != std::string::npos;
  };
  // Without a card nothing is hidden, but by what hides any.
  for (const char *Visible : {"0", "1,0", " 2", "GPU-4a1b", "MIG-7"})
    EXPECT_FALSE(IsBlamed(Visible)) << Visible;
  for (const char *Visible : {"", "-1", "none", "-1,0"})
    EXPECT_TRUE(IsBlamed(Visible)) << Visible;
  std::ofstream(Folder + "/nvidia0") << "";
  std::ofstream(Folder + "/nvidia3") << "";
  for (const char *Visible : {"0", "1", "1,7", " 0"})
    EXPECT_FALSE(IsBlamed(Visible)) << Visible;
  for (const char *Visible : {"2", "3,0", "", "-1", "GPU-4a1b"})
    EXPECT_TRUE(IsBlamed(Visible)) << Visible;
}

TEST_F(CudaLoaderTest, AnOrdinalThatIsNotThereIsNotBlamedOnWhatIsNotSet) {
  EXPECT_THAT(errorOf({}, fakeSource(), 5).Message,
              ::testing::Not(HasSubstr("CUDA_VISIBLE_DEVICES")));
  setenv("CUDA_VISIBLE_DEVICES", "0", 1);
  EXPECT_THAT(errorOf({}, fakeSource(), 5).Message,
              HasSubstr("(CUDA_VISIBLE_DEVICES chooses)"));
  unsetenv("CUDA_VISIBLE_DEVICES");
}

using CudaLoaderDeathTest = CudaLoaderTest;

TEST_F(CudaLoaderDeathTest, DevicesThatThisUserMayNotOpen) {
  std::ofstream(Folder + "/nvidiactl") << "";
  chmod((Folder + "/nvidiactl").c_str(), 0);
  chmod(Folder.c_str(), 0755);
  CudaSource Source = fakeSource();
  Source.DeviceNodes = Folder;
  fakeCuda().reset({.Devices = 0});
  // Root may open everything, so another user tries.
  EXPECT_EXIT(
      {
        if (geteuid() == 0 && setuid(65534) != 0)
          _exit(2);
        auto Api = loadCuda(Source);
        _exit(!Api && Api.error().Reason == Kind::NoPermission &&
                      Api.error().Message.find(Folder + "/nvidia*") !=
                          std::string::npos
                  ? 0
                  : 1);
      },
      ::testing::ExitedWithCode(0), "");
}

TEST_F(CudaLoaderTest, DevicesThatAreNotThere) {
  for (int Ordinal : {-1, 1, 100}) {
    DeviceError E = errorOf({}, fakeSource(), Ordinal);
    EXPECT_EQ(E.Reason, Kind::NoDevice);
    EXPECT_THAT(E.Message,
                HasSubstr("there is no device " + std::to_string(Ordinal) +
                          ": the driver shows 1"));
  }
  fakeCuda().reset({.Devices = 2});
  EXPECT_TRUE(openCudaMemoryFrom(fakeSource(), 1));
}

TEST_F(CudaLoaderTest, DevicesThatCannotBeUsed) {
  DeviceError E = errorOf({.ComputeMode = cuda::ComputeModeProhibited});
  EXPECT_EQ(E.Reason, Kind::NoPermission);
  EXPECT_THAT(E.Message, HasSubstr("compute mode 'prohibited'"));
  E = errorOf({.MapsOnDemand = false});
  EXPECT_EQ(E.Reason, Kind::Unsupported);
  EXPECT_THAT(E.Message, HasSubstr("cannot map memory on demand"));
  E = errorOf({.Granularity = 3 << 20});
  EXPECT_EQ(E.Reason, Kind::Unsupported);
  E = errorOf({.Faults = {{.Function = "cuDevicePrimaryCtxRetain",
                           .Code = Result::OutOfMemory}}});
  EXPECT_EQ(E.Reason, Kind::OutOfMemory);
  E = errorOf({.Faults = {{.Function = "cuDevicePrimaryCtxRetain",
                           .Code = Result::DeviceUnavailable}}});
  EXPECT_EQ(E.Reason, Kind::NoDevice);
  EXPECT_THAT(E.Message, HasSubstr("to itself"));
}

TEST_F(CudaLoaderTest, VersionsAsPeopleWriteThem) {
  EXPECT_EQ(cudaVersionText(12080), "12.8");
  EXPECT_EQ(cudaVersionText(13000), "13.0");
}

} // namespace
