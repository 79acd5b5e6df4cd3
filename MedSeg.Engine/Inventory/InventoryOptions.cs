namespace MedSeg.Inventory;

/// <summary>How an inventory of scans is taken.</summary>
public sealed record InventoryOptions
{
    /// <summary>Gets a value indicating whether subfolders are searched.</summary>
    public bool Recurse { get; init; }

    /// <summary>Gets a value indicating whether patients are hashed.</summary>
    public bool HashPatient { get; init; }
}
