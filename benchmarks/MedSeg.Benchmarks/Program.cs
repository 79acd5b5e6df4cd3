using MedSeg.Benchmarks;

string command = args.Length > 0 ? args[0] : "";
if (command == "train-worker")
{
    TrainWorker.Run(args[1..]);
    return 0;
}

if (command == "train")
{
    int[] sizes = [.. args[1..].Select(size => int.Parse(size, System.Globalization.CultureInfo.InvariantCulture))];
    new TrainBenchmark(Console.Out).Run(sizes.Length > 0 ? sizes : [64, 128, 256]);
    return 0;
}

if (args.Length != 1)
{
    command = "";
}

if (command is not ("read" or "stream"))
{
    Console.Error.WriteLine("""
        Give one command:
          read    slices per second from file to input, beside pydicom, dcmtk and GDCM
          stream  memory while 10,000 slices stream past
          train   training steps beside PyTorch; sizes may follow, otherwise 64 128 256
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
