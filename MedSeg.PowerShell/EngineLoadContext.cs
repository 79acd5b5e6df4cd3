using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using MedSeg.Natives;

namespace MedSeg.PowerShell;

/// <summary>
/// The load context of the engine and its dependencies, so that other modules can load other versions of the same assemblies.
/// </summary>
internal sealed class EngineLoadContext : AssemblyLoadContext
{
    private const string EngineAssemblyName = "MedSeg.Engine";
    private readonly string _folder;

    private EngineLoadContext(string folder)
        : base("MedSeg", isCollectible: false)
    {
        _folder = folder;
    }

    /// <summary>Gets the engine's context; the folder <c>engine</c> is next to this assembly.</summary>
    public static EngineLoadContext Instance { get; } = new(
        Path.Combine(Path.GetDirectoryName(typeof(EngineLoadContext).Assembly.Location)!, "engine"));

    /// <summary>Resolves MedSeg.Engine for the default context, and no other assembly.</summary>
    /// <param name="context">The context that did not find the assembly.</param>
    /// <param name="name">The name of the assembly.</param>
    /// <returns>The engine; <see langword="null"/> for any other assembly.</returns>
    public static Assembly? ResolveEngine(AssemblyLoadContext context, AssemblyName name) =>
        name.Name == EngineAssemblyName ? Instance.LoadFromAssemblyName(name) : null;

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        string path = Path.Combine(_folder, assemblyName.Name + ".dll");
        return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
    }

    /// <inheritdoc/>
    protected override nint LoadUnmanagedDll(string unmanagedDllName)
    {
        // The module for all systems has its native libraries in another folder, once they are installed.
        return LoadFrom(_folder, unmanagedDllName) is nint library and not 0 ? library
            : NativeLibraries.Folder is { } folder && folder != _folder ? LoadFrom(folder, unmanagedDllName)
            : 0;
    }

    private static nint LoadFrom(string folder, string libraryName)
    {
        foreach (string name in NativeFileNames(libraryName))
        {
            string path = Path.Combine(folder, name);
            if (File.Exists(path))
            {
                LoadOpenMPForMac(folder, name);
                return NativeLibrary.Load(path);
            }
        }

        return 0;
    }

    /// <summary>Loads the OpenMP library of torch's folder before torch on macOS.</summary>
    /// <remarks>
    /// libtorch_cpu.dylib references it by its Homebrew path. macOS uses a loaded library with the same install name instead, which the
    /// shipped one has, so Homebrew is not needed.
    /// </remarks>
    private static void LoadOpenMPForMac(string folder, string name)
    {
        string path = Path.Combine(folder, "libomp.dylib");
        if (OperatingSystem.IsMacOS() && name.Contains("torch", StringComparison.OrdinalIgnoreCase) && File.Exists(path))
        {
            NativeLibrary.Load(path);
        }
    }

    private static string[] NativeFileNames(string name)
    {
        if (OperatingSystem.IsWindows())
        {
            return [name, name + ".dll"];
        }

        string extension = OperatingSystem.IsMacOS() ? ".dylib" : ".so";
        return [name, name + extension, "lib" + name, "lib" + name + extension];
    }
}
