namespace MedSeg.Inventory;

/// <summary>What the values of a series show, where several series or channels are taken at one place.</summary>
public enum ChannelKind
{
    /// <summary>The file does not state it.</summary>
    Unknown,

    /// <summary>Water, of a Dixon sequence.</summary>
    Water,

    /// <summary>Fat, of a Dixon sequence.</summary>
    Fat,

    /// <summary>Water and fat in phase.</summary>
    InPhase,

    /// <summary>Water and fat in opposed phase.</summary>
    OpposedPhase,

    /// <summary>The share of fat.</summary>
    FatFraction,

    /// <summary>The magnitude of the signal, as most MR images show it.</summary>
    Magnitude,

    /// <summary>The phase of the signal.</summary>
    Phase,

    /// <summary>The real part of the signal.</summary>
    Real,

    /// <summary>The imaginary part of the signal.</summary>
    Imaginary,

    /// <summary>Frames of several kinds in one file.</summary>
    Mixed,
}
