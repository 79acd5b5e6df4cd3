namespace MedSeg.Files;

/// <summary>Tells errors of the system that may be over soon from those that stay.</summary>
internal static class FileFaults
{
    private const int HResultOfWindows = unchecked((int)0x80070000);
    private const int UpperHalf = unchecked((int)0xffff0000);

    // ERROR_SHARING_VIOLATION, LOCK_VIOLATION, USER_MAPPED_FILE, UNABLE_TO_REMOVE_REPLACED, UNABLE_TO_MOVE_REPLACEMENT (winerror.h).
    private static readonly HashSet<int> s_heldOnWindows = [32, 33, 1224, 1175, 1176];

    // REM_NOT_LIST, BAD_NETPATH, NETWORK_BUSY, DEV_NOT_EXIST, UNEXP_NET_ERR, NETNAME_DELETED, BAD_NET_NAME, SEM_TIMEOUT,
    // NETWORK_UNREACHABLE, HOST_UNREACHABLE, CONNECTION_ABORTED (winerror.h).
    private static readonly HashSet<int> s_networkOnWindows = [51, 53, 54, 55, 59, 64, 67, 121, 1231, 1232, 1236];

    // EAGAIN of another .NET process's lock, EBUSY, ETXTBSY, which a mounted Windows share reports for a file that is open (errno.h).
    private static readonly HashSet<int> s_heldOnUnix = OperatingSystem.IsMacOS() ? [35, 16, 26] : [11, 16, 26];

    // ENETDOWN, ENETUNREACH, ENETRESET, ENOTCONN, ETIMEDOUT, EHOSTDOWN, EHOSTUNREACH, ESTALE, on Linux also ENONET, ECOMM, EREMOTEIO.
    private static readonly HashSet<int> s_networkOnUnix = OperatingSystem.IsMacOS()
        ? [50, 51, 52, 57, 60, 64, 65, 70]
        : [64, 70, 100, 101, 102, 107, 110, 112, 113, 116, 121];

    /// <summary>Checks whether another program has the file open.</summary>
    /// <param name="error">The error.</param>
    public static bool IsHeld(Exception error) => Is(error, s_heldOnWindows, s_heldOnUnix);

    /// <summary>Checks whether the network share of the file is away.</summary>
    /// <param name="error">The error.</param>
    public static bool IsNetwork(Exception error) => Is(error, s_networkOnWindows, s_networkOnUnix);

    /// <summary>
    /// Checks whether a file could not be replaced or deleted because another program has it open. Windows calls that a denied access, as it
    /// does when the file is write-protected.
    /// </summary>
    /// <param name="error">The error.</param>
    /// <param name="change">What failed.</param>
    public static bool IsHeld(Exception error, FileChange change) =>
        IsHeld(error) || (change is FileChange.Rename or FileChange.Delete && error is UnauthorizedAccessException && error.InnerException is not IOException);

    // An HResult of Windows has its code in the lower half; elsewhere, .NET puts the error number there as it is.
    private static bool Is(Exception error, HashSet<int> onWindows, HashSet<int> onUnix) =>
        error is IOException
        && ((error.HResult & UpperHalf) == HResultOfWindows ? onWindows.Contains(error.HResult & 0xffff) : onUnix.Contains(error.HResult));
}
