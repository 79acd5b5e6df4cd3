using MedSeg.Benchmarks;
using MedSeg.Benchmarks.Peers;
using MedSeg.Inference.Backends;

var limit = new InstructionLimit(isAvx2: args.Contains("--avx2"));
args = [.. args.Where(argument => argument != "--avx2")];
string command = args.Length > 0 ? args[0] : "";
if (command == "train-worker")
{
    TrainWorker.Run(args[1..]);
    return 0;
}

if (command == "train-torchsharp")
{
    PlainTrainWorker.Run(args[1..]);
    return 0;
}

if (command == "segment-worker")
{
    SegmentWorker.Run(args[1..]);
    return 0;
}

if (command == "train")
{
    new TrainBenchmark(limit, Console.Out).Run(Sizes(args));
    return 0;
}

if (command == "segment")
{
    using var scans = new SliceFiles();
    new SegmentBenchmark(scans, limit, Console.Out).Run(Sizes(args));
    return 0;
}

if (command == "convolutions")
{
    new ConvolutionBenchmark(Console.Out).Run(Sizes(args));
    return 0;
}

if (command == "validation")
{
    ValidationBenchmark.Run(Console.Out, Sizes(args));
    return 0;
}

if (command == "import")
{
    ImportBenchmark.Run(Console.Out);
    return 0;
}

if (command == "soak")
{
    return SoakCheck.Run(Console.Out, args.Length > 1 ? double.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : 60) ? 0 : 1;
}

if (command == "many")
{
    return ManySlicesCheck.Run(Console.Out, args.Length > 1 ? Sizes(args)[0] : 98_901) ? 0 : 1;
}

if (args.Length != 1 && command != "read")
{
    command = "";
}

if (command is not ("read" or "stream" or "segment-stream" or "large-dicom" or "large-volume" or "start" or "start-cold"))
{
    Console.Error.WriteLine("""
        Give one command:
          read            slices per second from file to input, beside pydicom, dcmtk and GDCM; encodings may follow (raw rle jpeg jls j2k)
          stream          memory while 10,000 slices stream past
          segment         the network alone and scans from DICOM files to masks, beside PyTorch, TorchSharp and ONNX Runtime; sizes may follow,
                          otherwise 64 128 256, and --avx2
          segment-stream  memory while 2,000 slices are segmented
          large-dicom     memory while a multi-frame DICOM file of 2,000 frames is segmented
          large-volume    memory while an uncompressed volume of 2 GB is segmented
          import          seconds to import 300 slices as DICOM files and as volumes
          soak            memory, handles and CPU time while training for an hour, resumed every 100 epochs; minutes may follow
          many            import, inspection, training and segmentation of 98,901 small slices; another number may follow
          train           training steps beside PyTorch and TorchSharp; sizes may follow, otherwise 64 128 256, and --avx2, which
                          restricts all programs to AVX2 as on most desktop CPUs
          validation      a validation at the size of the images, one at the input size, and a training epoch; sizes may follow
          convolutions    each 3×3 convolution of the network: direct, Winograd, torch; sizes may follow
          start           seconds from the start of a process to its first mask, with torch and with ONNX Runtime
          start-cold      the same where no file is in the system's memory (Linux, root)
        """);
    return 2;
}

using var files = new SliceFiles();
switch (command)
{
    case "read":
        ReadBenchmark.Run(files, Console.Out, args[1..]);
        return 0;
    case "segment-stream":
        return SegmentStreamCheck.Run(files, InferenceBackend.Torch) & SegmentStreamCheck.Run(files, InferenceBackend.OnnxRuntime) ? 0 : 1;
    case "large-dicom" or "large-volume":
        return LargeFileCheck.Run(files, isVolume: command == "large-volume") ? 0 : 1;
    case "start" or "start-cold":
        return new StartBenchmark(files, Console.Out, isCold: command == "start-cold").Run() ? 0 : 1;
    default:
        return StreamCheck.Run(files) ? 0 : 1;
}

static int[] Sizes(string[] args) =>
    args.Length > 1 ? [.. args[1..].Select(size => int.Parse(size, System.Globalization.CultureInfo.InvariantCulture))] : [64, 128, 256];
