namespace MedSeg.Interchange.PyTorch;

/// <summary>A dictionary of a pickle, ordered or not; its keys are text or whole numbers.</summary>
internal sealed class PickleDictionary : PickleContainer
{
    /// <summary>Gets the values by key, in the order in which they came.</summary>
    public Dictionary<object, object?> Items { get; } = [];

    /// <summary>Gives the value of a key, or null where there is none of that type.</summary>
    public T? Find<T>(string key)
        where T : class => Items.GetValueOrDefault(key) as T;
}
