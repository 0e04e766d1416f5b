//===- Paths.cpp - Where the parts of Hapax lie ---------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Paths.h"

#include <algorithm>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <span>
#include <string_view>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hapax {

namespace {

bool isFile(const std::string &Path) {
  struct stat Info;
  return ::stat(Path.c_str(), &Info) == 0 && S_ISREG(Info.st_mode);
}

std::string firstThere(std::vector<std::string> Places,
                       std::vector<std::string> *Looked) {
  for (const std::string &Place : Places)
    if (isFile(Place))
      return realPath(Place);
  if (Looked)
    *Looked = std::move(Places);
  return {};
}

/// Reads a structure at \p Offset, if it lies within the file.
template <typename T>
bool readAt(std::span<const char> File, uint64_t Offset, T &Into) {
  if (Offset > File.size() || File.size() - Offset < sizeof(T))
    return false;
  std::memcpy(&Into, File.data() + Offset, sizeof(T));
  return true;
}

std::string neededLLVM(std::span<const char> File) {
  ElfW(Ehdr) Head;
  if (!readAt(File, 0, Head) || std::memcmp(Head.e_ident, ELFMAG, SELFMAG) ||
      Head.e_ident[EI_CLASS] != (sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32))
    return {};
  ElfW(Phdr) Dynamic = {};
  std::vector<ElfW(Phdr)> Loads;
  for (unsigned I = 0; I != Head.e_phnum; ++I) {
    ElfW(Phdr) Part;
    if (!readAt(File, Head.e_phoff + uint64_t(I) * sizeof(Part), Part))
      return {};
    if (Part.p_type == PT_DYNAMIC)
      Dynamic = Part;
    else if (Part.p_type == PT_LOAD)
      Loads.push_back(Part);
  }

  uint64_t StringsAddress = 0;
  std::vector<uint64_t> Needed;
  for (uint64_t At = 0; At < Dynamic.p_filesz; At += sizeof(ElfW(Dyn))) {
    ElfW(Dyn) Item;
    if (!readAt(File, Dynamic.p_offset + At, Item) || Item.d_tag == DT_NULL)
      break;
    if (Item.d_tag == DT_NEEDED)
      Needed.push_back(Item.d_un.d_val);
    else if (Item.d_tag == DT_STRTAB)
      StringsAddress = Item.d_un.d_ptr;
  }
  for (const ElfW(Phdr) &Load : Loads) {
    if (StringsAddress < Load.p_vaddr ||
        StringsAddress - Load.p_vaddr >= Load.p_filesz)
      continue;
    uint64_t Strings = Load.p_offset + (StringsAddress - Load.p_vaddr);
    for (uint64_t Name : Needed) {
      if (Strings + Name >= File.size())
        continue;
      const char *Text = File.data() + Strings + Name;
      size_t Room = File.size() - (Strings + Name);
      std::string_view Library(Text, ::strnlen(Text, Room));
      if (Library.starts_with("libLLVM"))
        return std::string(Library);
    }
  }
  return {};
}

} // namespace

std::string realPath(const std::string &Path) {
  char Real[PATH_MAX];
  return ::realpath(Path.c_str(), Real) ? Real : std::string();
}

std::string programFolder() {
  std::string Program = realPath("/proc/self/exe");
  return Program.substr(0, Program.rfind('/') + 1);
}

/// The folder above \p Folder; both end in '/'.
static std::string parentFolder(const std::string &Folder) {
  return Folder.substr(0, Folder.rfind('/', Folder.size() - 2) + 1);
}

/// What this program was installed below, when it lies in the folder \p Part of
/// an installation; else empty.
static std::string prefixAbove(std::string_view Part) {
  std::string Folder = programFolder();
  std::string End = "/" + std::string(Part) + "/";
  if (!Folder.ends_with(End))
    return {};
  return Folder.substr(0, Folder.size() - End.size() + 1);
}

std::string findPlugin(std::vector<std::string> *Looked) {
  if (const char *Named = std::getenv("HAPAX_PLUGIN"); Named && *Named)
    return firstThere({Named}, Looked);
  // In a build tree beside our folder; in an installation by the folders that
  // it was configured for, or by those that are usual.
  std::vector<std::string> Places = {parentFolder(programFolder()) +
                                     "lib/Hapax.so"};
  for (const std::string &Prefix :
       {prefixAbove(HAPAX_BINDIR), prefixAbove(HAPAX_LIBEXECDIR "/hapax")})
    for (const char *Libraries :
         {HAPAX_LIBDIR, "lib/" HAPAX_MULTIARCH, "lib"}) {
      std::string Place = Prefix + Libraries + "/hapax/Hapax.so";
      if (!Prefix.empty() && std::ranges::find(Places, Place) == Places.end())
        Places.push_back(std::move(Place));
    }
  return firstThere(std::move(Places), Looked);
}

std::string findCommandProgram(std::vector<std::string> *Looked) {
  std::vector<std::string> Places = {programFolder() + "hapax-tool"};
  if (std::string Prefix = prefixAbove(HAPAX_BINDIR); !Prefix.empty())
    Places.push_back(Prefix + HAPAX_LIBEXECDIR "/hapax/hapax-tool");
  return firstThere(std::move(Places), Looked);
}

std::vector<std::string> searchPath() {
  const char *Path = std::getenv("PATH");
  std::string_view Rest = Path ? Path : "/bin:/usr/bin";
  std::vector<std::string> Folders;
  while (true) {
    size_t Colon = Rest.find(':');
    std::string_view Folder = Rest.substr(0, Colon);
    // An empty part of PATH means the working directory.
    Folders.emplace_back(Folder.empty() ? "." : Folder);
    if (Colon == std::string_view::npos)
      return Folders;
    Rest.remove_prefix(Colon + 1);
  }
}

static bool isProgram(const std::string &Path) {
  return ::access(Path.c_str(), X_OK) == 0 && isFile(Path);
}

std::string findProgram(const std::string &Name) {
  if (Name.find('/') != std::string::npos)
    return isProgram(Name) ? Name : std::string();
  for (const std::string &Folder : searchPath())
    if (std::string File = Folder + "/" + Name; isProgram(File))
      return File;
  return {};
}

std::string linkedLLVM(const std::string &Path) {
  int File = ::open(Path.c_str(), O_RDONLY | O_CLOEXEC);
  if (File < 0)
    return {};
  struct stat Info;
  std::string Found;
  if (::fstat(File, &Info) == 0 && S_ISREG(Info.st_mode) && Info.st_size > 0) {
    size_t Size = static_cast<size_t>(Info.st_size);
    void *Map = ::mmap(nullptr, Size, PROT_READ, MAP_PRIVATE, File, 0);
    if (Map != MAP_FAILED) {
      Found = neededLLVM({static_cast<const char *>(Map), Size});
      ::munmap(Map, Size);
    }
  }
  ::close(File);
  return Found;
}

} // namespace hapax
