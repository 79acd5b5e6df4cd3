namespace MedSeg.Interchange.PyTorch;

/// <summary>What the few functions that a state dictionary names would make, made here by MedSeg's own code.</summary>
internal static class PickleCalls
{
    /// <summary>Makes what a function would.</summary>
    /// <param name="function">The function's name.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <exception cref="FormatException">The arguments are not those of a state dictionary.</exception>
    public static object Make(PickleGlobal function, object?[] arguments) => (function.Name, arguments) switch
    {
        ("OrderedDict", []) => new PickleDictionary(),
        ("Size", [PickleTuple size]) => size,
        ("_rebuild_parameter", [TorchTensor tensor, ..]) => tensor,
        ("_rebuild_tensor_v2", [TorchStorage storage, long offset, PickleTuple shape, PickleTuple strides, ..]) => MakeTensor(storage, offset, Numbers(shape), Numbers(strides)),
        _ => throw new FormatException($"it calls {function.Module}.{function.Name} with other arguments than a state dictionary has"),
    };

    /// <summary>Makes a storage of its description: the word storage, type, key, device and number of elements.</summary>
    public static TorchStorage MakeStorage(object? description)
    {
        if (description is not PickleTuple { Items: ["storage", PickleGlobal { ElementType: { } type }, string key, string, long length] } || length < 0)
        {
            throw new FormatException("it refers to something that is no storage of numbers");
        }

        return new TorchStorage(type, key, length);
    }

    private static TorchTensor MakeTensor(TorchStorage storage, long offset, long[] shape, long[] strides)
    {
        var tensor = new TorchTensor(storage, offset, shape, strides);
        return tensor.IsWithinStorage()
            ? tensor
            : throw new FormatException($"it describes a tensor of shape [{string.Join(", ", shape.Take(9))}] that does not lie within its {storage.Length} numbers");
    }

    private static long[] Numbers(PickleTuple tuple) =>
        Array.ConvertAll(tuple.Items, item => item is long number ? number : throw new FormatException("a shape or stride is no whole number"));
}
