using MedSeg.Errors;

namespace MedSeg.Natives;

/// <summary>The errors of packages of native libraries.</summary>
internal static class NativePackageErrors
{
    private const string GetAgain = "Get the package again: download or copy it once more, or build it with build.ps1 -Package -Gallery.";

    /// <summary>Makes the error of a package that is damaged or something else.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="problem">A sentence.</param>
    /// <param name="cause">The cause, or null.</param>
    public static FileFormatException Invalid(string path, string problem, Exception? cause = null) => new(ErrorIds.NativePackageInvalid, path, problem, null, cause) { Advice = GetAgain };

    /// <summary>Makes the error of a package that names a file outside of the folder it is unpacked to.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="name">The name.</param>
    public static FileFormatException Outside(string path, string name) => Unsafe(path, $"The package names a file that is not allowed in its folder: '{name}'.");

    /// <summary>Makes the error of a package that would fill the disk.</summary>
    /// <param name="path">The absolute path.</param>
    public static FileFormatException TooLarge(string path) => Unsafe(path, "The package would unpack to far more than native libraries need.");

    /// <summary>Makes the error of a package for another module or machine.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="found">What the package is for.</param>
    /// <param name="wanted">What the module needs.</param>
    public static FileFormatException Mismatch(string path, NativeFileList found, NativeTarget wanted)
    {
        string problem = found.Version != wanted.Version ? $"The package belongs to version {found.Version} of MedSeg, but the module has version {wanted.Version}."
            : found.Runtime != wanted.Runtime ? $"The package is for {found.Runtime}, but this machine needs {wanted.Runtime}."
            : $"The package is for {found.Backend}, but the module was built for {wanted.Backend}.";
        return new FileFormatException(ErrorIds.NativePackageMismatch, path, problem) { Advice = $"Use the package {wanted.PackageId}.{wanted.Version}.nupkg." };
    }

    private static FileFormatException Unsafe(string path, string problem) => new(ErrorIds.NativePackageUnsafe, path, problem) { Advice = "Do not use this package. " + GetAgain };
}
