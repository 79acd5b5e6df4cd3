using MedSeg.Devices;
using MedSeg.Errors;

namespace MedSeg.Tests.Devices;

/// <summary>What is said where torch cannot be loaded; the loaders' words are theirs.</summary>
public sealed class TorchLibraryTests
{
    private const string Linux = "Unable to load shared library 'x' or one of its dependencies. If you're using glibc, consider setting the LD_DEBUG environment variable: \n";

    [Theory]
    [InlineData(Linux + "libstdc++.so.6: cannot open shared object file: No such file or directory\n", "torch cannot be loaded: libstdc++.so.6, a library that it needs, is missing. Install it with your system's packages, such as libstdc++6 or libgomp1; `apt-file search libstdc++.so.6`")]
    [InlineData(Linux + "libgomp-98b21ff3.so.1: cannot open shared object file: No such file or directory\n", "torch cannot be loaded: libgomp-98b21ff3.so.1, a library that it needs, is missing. Install MedSeg again")]
    [InlineData(Linux + "libcudart.so.12: cannot open shared object file: No such file or directory\n", "torch cannot be loaded: libcudart.so.12, a library that it needs, is missing. It belongs to CUDA: install the NVIDIA driver")]
    [InlineData(Linux + "/m/libtorch_cpu.so: file too short\n", "torch cannot be loaded: this file is damaged, or was built for another kind of system (/m/libtorch_cpu.so: file too short). Install MedSeg again")]
    [InlineData(Linux + "/lib/libc.so.6: version `GLIBC_2.28' not found (required by /m/libtorch_cpu.so)\n", "torch cannot be loaded: /lib/libc.so.6: version `GLIBC_2.28' not found (required by /m/libtorch_cpu.so). Install MedSeg again")]
    [InlineData("Unable to load DLL 'C:\\m\\torch_cpu.dll' or one of its dependencies: The specified module could not be found. (0x8007007E)", "torch cannot be loaded: a library that it needs is missing. Install the Microsoft Visual C++ Redistributable for Visual Studio 2015 to 2022 (x64).")]
    [InlineData("dlopen(/m/libtorch_cpu.dylib, 0x0001): Library not loaded: @rpath/libomp.dylib", "torch cannot be loaded: libomp.dylib, a library that it needs, is missing.")]
    public void Loaders_error_becomes_what_to_install(string said, string message)
    {
        MedSegException error = TorchLibrary.Explain("/m/file", new DllNotFoundException(said));

        Assert.StartsWith("/m/file: " + message, error.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", error.Message, StringComparison.Ordinal);
        Assert.Equal("TorchNotLoaded", error.ErrorId);
        Assert.Equal(ErrorKind.Device, error.Kind);
        Assert.Equal("/m/file", error.Path);
    }
}
