namespace MedSeg.Interchange.PyTorch;

/// <summary>The few functions that a state dictionary calls, implemented by MedSeg.</summary>
internal static class PickleCalls
{
    /// <summary>Returns the result of a call.</summary>
    /// <param name="function">The function.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <exception cref="FormatException">A state dictionary makes no such call.</exception>
    public static object Make(PickleGlobal function, object?[] arguments) => (function.Name, arguments) switch
    {
        ("OrderedDict", []) => new PickleDictionary(),
        ("Size", [PickleTuple size]) => size,
        ("_rebuild_parameter", [TorchTensor tensor, ..]) => tensor,
        ("_rebuild_tensor_v2", [TorchStorage storage, long offset, PickleTuple shape, PickleTuple strides, ..]) => MakeTensor(storage, offset, Numbers(shape), Numbers(strides)),
        _ => throw new FormatException($"it calls {function.Module}.{function.Name} with unexpected arguments"),
    };

    /// <summary>Makes a storage from its persistent id: the word storage, type, key, device and number of elements.</summary>
    public static TorchStorage MakeStorage(object? description)
    {
        if (description is not PickleTuple { Items: ["storage", PickleGlobal { ElementType: { } type }, string key, string, long length] } || length < 0)
        {
            throw new FormatException("it refers to something that is not a tensor storage");
        }

        return new TorchStorage(type, key, length);
    }

    private static TorchTensor MakeTensor(TorchStorage storage, long offset, long[] shape, long[] strides)
    {
        var tensor = new TorchTensor(storage, offset, shape, strides);
        return tensor.IsWithinStorage()
            ? tensor
            : throw new FormatException($"it describes a tensor of shape [{string.Join(", ", shape.Take(9))}] that exceeds its storage of {storage.Length} numbers");
    }

    private static long[] Numbers(PickleTuple tuple) =>
        Array.ConvertAll(tuple.Items, item => item is long number ? number : throw new FormatException("a shape or stride is not an integer"));
}
