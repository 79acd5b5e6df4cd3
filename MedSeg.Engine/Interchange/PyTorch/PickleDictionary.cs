namespace MedSeg.Interchange.PyTorch;

/// <summary>A dictionary of a pickle, ordered or not; its keys are strings or integers.</summary>
internal sealed class PickleDictionary : PickleContainer
{
    /// <summary>Gets the values by key, in the order in which they were added.</summary>
    public Dictionary<object, object?> Items { get; } = [];

    /// <summary>Returns the value of a key; null if there is none of that type.</summary>
    public T? Find<T>(string key)
        where T : class => Items.GetValueOrDefault(key) as T;
}
