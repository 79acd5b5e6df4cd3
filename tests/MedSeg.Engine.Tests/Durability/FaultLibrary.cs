using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using MedSeg.Files;

namespace MedSeg.Tests.Durability;

/// <summary>faults.c, compiled and loaded before all other libraries: it sees each call that changes a file below a folder, and lets calls fail.</summary>
internal static partial class FaultLibrary
{
    private const string Name = "medseg-faults";
    private const string Preload = "LD_PRELOAD";

    /// <summary>Gets a value indicating whether this process was started with the library.</summary>
    public static bool IsLoaded => Environment.GetEnvironmentVariable(Preload)?.Contains(Name, StringComparison.Ordinal) == true;

    /// <summary>Gets the number of calls since the folder was watched, or a fault was armed.</summary>
    public static long Count => faults_count();

    /// <summary>Gets a value indicating whether the fault has hit a call.</summary>
    public static bool HasHit => faults_hit() != 0;

    /// <summary>Compiles the library.</summary>
    /// <param name="folder">Where to put it.</param>
    /// <returns>The absolute path; null where there is no C compiler.</returns>
    public static string? Compile(string folder)
    {
        string path = Path.Combine(folder, Name + ".so");
        string source = Path.Combine(TestPaths.RepositoryRoot, "tests", "MedSeg.Engine.Tests", "Durability", "faults.c");
        try
        {
            var start = new ProcessStartInfo("cc", ["-O1", "-shared", "-fPIC", "-o", path, source, "-ldl", "-lpthread"]) { RedirectStandardError = true };
            using Process compiler = Process.Start(start)!;
            string errors = compiler.StandardError.ReadToEnd();
            compiler.WaitForExit();
            Assert.True(compiler.ExitCode == 0, errors);
            return path;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Starts to watch a folder.</summary>
    /// <param name="folder">The absolute path.</param>
    public static void Watch(string folder) => faults_watch(folder);

    /// <summary>Lets a later call fail.</summary>
    /// <param name="call">Which one, from 1 on.</param>
    /// <param name="kind">How.</param>
    public static void Arm(long call, FaultKind kind) => faults_arm(call, (int)kind);

    /// <summary>Ends watching; what has hit is still known.</summary>
    public static void Release()
    {
        bool hasHit = HasHit;
        faults_arm(0, 0);
        LastHit = hasHit;
        faults_watch(string.Empty);
    }

    /// <summary>Gets a value indicating whether the fault had hit a call when watching ended.</summary>
    public static bool LastHit { get; private set; }

    /// <summary>Records what happens in a folder while work is done.</summary>
    /// <param name="folder">The absolute path.</param>
    /// <param name="work">The work.</param>
    /// <returns>The calls that changed something, in their order.</returns>
    public static IReadOnlyList<RecordedCall> Record(string folder, Action work)
    {
        string file = Path.Combine(Path.GetTempPath(), $"medseg-record-{Guid.NewGuid():N}");
        Watch(folder);
        faults_record(file);
        try
        {
            work();
        }
        finally
        {
            faults_record(string.Empty);
            Release();
        }

        IReadOnlyList<RecordedCall> calls = RecordedCall.ReadAll(file);
        File.Delete(file);
        return calls;
    }

    /// <summary>Lets this process call the library. It must be the first thing that is done: where libc is found is remembered at the first call.</summary>
    public static void Connect()
    {
        nint handle = NativeLibrary.Load(Environment.GetEnvironmentVariable(Preload)!);
        NativeLibrary.SetDllImportResolver(Assembly.GetExecutingAssembly(), (name, _, _) => name == Name ? handle : 0);

        // The engine asks libc itself for some calls, which would pass by a library that was loaded before.
        NativeLibrary.SetDllImportResolver(typeof(AtomicFile).Assembly, (name, _, _) => name == "libc" ? handle : 0);
    }

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    private static partial void faults_watch(string path);

    [LibraryImport(Name)]
    private static partial void faults_arm(long call, int kind);

    [LibraryImport(Name)]
    private static partial long faults_count();

    [LibraryImport(Name)]
    private static partial int faults_hit();

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    private static partial void faults_record(string path);
}
