using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using MedSeg.Errors;
using MedSeg.Files;

namespace MedSeg.Natives;

/// <summary>The native libraries that a module needs: those of its own version, for this machine and for what it was built to compute with.</summary>
/// <param name="Version">The version of the module.</param>
/// <param name="Runtime">The kind of machine, such as linux-x64.</param>
/// <param name="Backend">What the libraries compute with, such as cpu or cuda-windows.</param>
internal sealed partial record NativeTarget(string Version, string Runtime, string Backend)
{
    /// <summary>The file in the engine's folder that says that the native libraries are in a package of their own.</summary>
    public const string FileName = "native-package.json";

    private const string Cpu = "cpu";
    private const int MaximumBytes = 10_000;

    private static readonly JsonSerializerOptions s_json = new() { PropertyNameCaseInsensitive = true };

    /// <summary>Gets the kind of this machine, as packages are named.</summary>
    public static string ThisRuntime { get; } =
        $"{(OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux")}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";

    /// <summary>Gets the name of the package that has the libraries.</summary>
    public string PackageId => $"MedSeg.Native.{Runtime}{BackendSuffix}";

    /// <summary>Gets the name of the folder that they are unpacked to.</summary>
    public string FolderName => $"{Version}-{Runtime}{BackendSuffix}";

    private string BackendSuffix => Backend == Cpu ? string.Empty : "." + Backend;

    /// <summary>Reads which libraries a module needs.</summary>
    /// <param name="engineFolder">The folder of MedSeg.Engine.dll.</param>
    /// <returns>The libraries for this machine; null if the module has them, or if the engine is not part of a module.</returns>
    /// <exception cref="MedSegException"><c>NativeMissing</c>: the file that says so is damaged.</exception>
    public static NativeTarget? Read(string engineFolder)
    {
        string path = Path.Combine(engineFolder, FileName);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            Module? module = JsonSerializer.Deserialize<Module>(FileContent.Read(path, MaximumBytes), s_json);
            if (module is not null && Word().IsMatch(module.Version) && Word().IsMatch(module.Backend))
            {
                return new NativeTarget(module.Version, ThisRuntime, module.Backend);
            }
        }
        catch (JsonException)
        {
            // Reported below, as other content is.
        }

        throw new MedSegException(ErrorKind.Device, ErrorIds.NativeMissing, $"{path}: This file of MedSeg is damaged.", path) { Advice = "Install MedSeg again." };
    }

    [GeneratedRegex(@"^[0-9A-Za-z](?:[0-9A-Za-z+-]|\.(?!\.|$)){0,63}$", RegexOptions.CultureInvariant)]
    private static partial Regex Word();

    private sealed record Module
    {
        [JsonRequired]
        public string Version { get; init; } = string.Empty;

        [JsonRequired]
        public string Backend { get; init; } = string.Empty;
    }
}
