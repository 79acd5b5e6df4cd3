using MedSeg.Benchmarks;

string command = args.Length == 1 ? args[0] : "";
if (command is not ("read" or "stream"))
{
    Console.Error.WriteLine("""
        Give one command:
          read    slices per second from file to input, beside pydicom, dcmtk and GDCM
          stream  memory while 10,000 slices stream past
        """);
    return 2;
}

using var files = new SliceFiles();
if (command == "read")
{
    ReadBenchmark.Run(files, Console.Out);
    return 0;
}

return StreamCheck.Run(files) ? 0 : 1;
