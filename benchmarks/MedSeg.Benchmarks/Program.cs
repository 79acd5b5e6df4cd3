using MedSeg;
using MedSeg.Benchmarks;

string command = args.Length == 1 ? args[0] : "";
if (command is not ("read" or "stream" or "segment" or "segment-stream" or "start"))
{
    Console.Error.WriteLine("""
        Give one command:
          read            slices per second from file to input, beside pydicom, dcmtk and GDCM
          stream          memory while 10,000 slices stream past
          segment         slices per second from file to mask, beside the published network in PyTorch
          segment-stream  memory while 2,000 slices are segmented
          start           seconds from the start of a process to its first mask, with torch and with ONNX Runtime
        """);
    return 2;
}

using var files = new SliceFiles();
switch (command)
{
    case "read":
        ReadBenchmark.Run(files, Console.Out);
        return 0;
    case "segment":
        new SegmentBenchmark(files, Console.Out).Run();
        return 0;
    case "segment-stream":
        return SegmentStreamCheck.Run(files, InferenceBackend.Torch) & SegmentStreamCheck.Run(files, InferenceBackend.OnnxRuntime) ? 0 : 1;
    case "start":
        return new StartBenchmark(files, Console.Out).Run() ? 0 : 1;
    default:
        return StreamCheck.Run(files) ? 0 : 1;
}
