namespace MedSeg.Shell;

/// <summary>The shell's exit codes, besides a script's own.</summary>
internal static class ExitCodes
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int BadUsage = 64;
    public const int Stopped = 130;
}
