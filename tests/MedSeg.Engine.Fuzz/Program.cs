using System.Runtime.InteropServices;
using MedSeg.Errors;
using MedSeg.Tests.Fuzzing;
using SharpFuzz;

// Reads what AFL++ makes, as build/fuzz.sh starts it; or one file, to see what it does.
if (args.Length == 0 || !GuidedFormat.All.TryGetValue(args[0], out GuidedFormat? format) || args.Length > 3 || (args.Length == 3 && args[1] != "seeds"))
{
    Console.Error.WriteLine($"""
        Give a format ({string.Join(", ", GuidedFormat.All.Keys)}), alone under afl-fuzz, or
          FORMAT seeds FOLDER   writes the files to start from
          FORMAT FILE           reads a file
        """);
    return 2;
}

if (args.Length > 1)
{
    // The instrumented engine counts its branches here, outside of AFL++ as well.
    unsafe
    {
        SharpFuzz.Common.Trace.SharedMem = (byte*)NativeMemory.AllocZeroed(1 << 16);
    }
}

if (args.Length == 3)
{
    Directory.CreateDirectory(args[2]);
    foreach ((int number, byte[] seed) in format.Seeds.Index())
    {
        File.WriteAllBytes(Path.Combine(args[2], $"seed{number:000}"), seed);
    }
}
else if (args.Length == 2)
{
    Read(File.ReadAllBytes(args[1]));
    Console.WriteLine("The file was read, or refused as it should be.");
}
else
{
    Fuzzer.OutOfProcess.Run(stream =>
    {
        using var content = new MemoryStream();
        stream.CopyTo(content);
        Read(content.ToArray());
    });
}

return 0;

void Read(byte[] content)
{
    try
    {
        format.Read(content);
    }
    catch (FileFormatException)
    {
        // A refusal that names the file is right.
    }
}
