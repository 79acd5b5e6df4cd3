namespace MedSeg.Interchange.PyTorch;

/// <summary>A Python name that a state dictionary refers to. It is only compared, never imported or called.</summary>
internal sealed class PickleGlobal
{
    private static readonly PickleGlobal[] s_known =
    [
        new("collections", "OrderedDict"),
        new("torch._utils", "_rebuild_tensor_v2"),
        new("torch._utils", "_rebuild_parameter"),
        new("torch", "Size"),
        new("torch", "FloatStorage", "F32"),
        new("torch", "DoubleStorage", "F64"),
        new("torch", "HalfStorage", "F16"),
        new("torch", "BFloat16Storage", "BF16"),
        new("torch", "LongStorage", "I64"),
        new("torch", "IntStorage", "I32"),
        new("torch", "ShortStorage", "I16"),
        new("torch", "CharStorage", "I8"),
        new("torch", "ByteStorage", "U8"),
        new("torch", "BoolStorage", "BOOL"),
    ];

    private PickleGlobal(string module, string name, string? elementType = null)
    {
        Module = module;
        Name = name;
        ElementType = elementType;
    }

    /// <summary>Gets the module.</summary>
    public string Module { get; }

    /// <summary>Gets the name within the module.</summary>
    public string Name { get; }

    /// <summary>Gets the element type of a storage, by its safetensors name; null if this is not a storage.</summary>
    public string? ElementType { get; }

    /// <summary>Finds a name.</summary>
    /// <returns>The name, or null if a state dictionary does not need it.</returns>
    public static PickleGlobal? Find(string module, string name) =>
        Array.Find(s_known, known => known.Name == name && known.Module == module);
}
