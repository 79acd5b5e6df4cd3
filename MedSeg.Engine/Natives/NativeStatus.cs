namespace MedSeg.Natives;

/// <summary>How native libraries came to be where they are.</summary>
public enum NativeStatus
{
    /// <summary>They were installed now.</summary>
    Installed,

    /// <summary>They were installed before, and are complete.</summary>
    AlreadyInstalled,

    /// <summary>They are part of the module: nothing is to be installed.</summary>
    PartOfModule,
}
