using MedSeg.Devices;
using MedSeg.Errors;

namespace MedSeg.Tests.Devices;

/// <summary>The errors if torch cannot be loaded; the loaders' messages are real ones.</summary>
public sealed class TorchLibraryTests
{
    private const string Linux = "Unable to load shared library 'x' or one of its dependencies. If you're using glibc, consider setting the LD_DEBUG environment variable: \n";

    [Theory]
    [InlineData(Linux + "libstdc++.so.6: cannot open shared object file: No such file or directory\n", "Torch cannot be loaded. libstdc++.so.6, which it requires, is missing. Install the package that contains it, such as libstdc++6 or libgomp1; `apt-file search libstdc++.so.6`")]
    [InlineData(Linux + "libgomp-98b21ff3.so.1: cannot open shared object file: No such file or directory\n", "Torch cannot be loaded. libgomp-98b21ff3.so.1, which it requires, is missing. Install MedSeg again")]
    [InlineData(Linux + "libcudart.so.12: cannot open shared object file: No such file or directory\n", "Torch cannot be loaded. libcudart.so.12, which it requires, is missing. It belongs to CUDA: install the NVIDIA driver")]
    [InlineData(Linux + "/m/libtorch_cpu.so: file too short\n", "Torch cannot be loaded. This file is damaged or was built for another system (/m/libtorch_cpu.so: file too short). Install MedSeg again")]
    [InlineData(Linux + "/lib/libc.so.6: version `GLIBC_2.28' not found (required by /m/libtorch_cpu.so)\n", "Torch cannot be loaded. /lib/libc.so.6: version `GLIBC_2.28' not found (required by /m/libtorch_cpu.so). Install MedSeg again")]
    [InlineData("Unable to load DLL 'C:\\m\\torch_cpu.dll' or one of its dependencies: The specified module could not be found. (0x8007007E)", "Torch cannot be loaded. A library that it requires is missing. Install the Microsoft Visual C++ Redistributable for Visual Studio 2015 to 2022 (x64).")]
    [InlineData("dlopen(/m/libtorch_cpu.dylib, 0x0001): Library not loaded: @rpath/libomp.dylib", "Torch cannot be loaded. libomp.dylib, which it requires, is missing.")]
    public void Loader_error_becomes_advice_what_to_install(string said, string message)
    {
        MedSegException error = TorchLibrary.Explain("/m/file", new DllNotFoundException(said));

        Assert.StartsWith("/m/file: " + message, error.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", error.Message, StringComparison.Ordinal);
        Assert.Contains("nstall", error.Advice, StringComparison.Ordinal);
        Assert.DoesNotContain("nstall", error.Finding, StringComparison.Ordinal);
        Assert.Equal("TorchNotLoaded", error.ErrorId);
        Assert.Equal(ErrorKind.Device, error.Kind);
        Assert.Equal("/m/file", error.Path);
    }
}
