namespace MedSeg.Tests.Durability;

/// <summary>
/// A disk on which recorded calls are made again, one by one, to tell what is on it if the process is killed or the power fails after any of
/// them (Pillai et al., All File Systems Are Not Created Equal, OSDI 2014). The content of a file is safe once the file was flushed, its name
/// once its folder was.
/// </summary>
internal sealed class DiskModel
{
    private readonly Dictionary<string, DiskNode> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DiskNode> _flushedNames = new(StringComparer.Ordinal);
    private readonly List<(string Folder, Action<Dictionary<string, DiskNode>> Change)> _unflushed = [];

    /// <summary>Does what a call did.</summary>
    /// <param name="call">The call.</param>
    public void Do(RecordedCall call)
    {
        switch (call.Kind)
        {
            case CallKind.Open when !_names.ContainsKey(call.Path):
                var created = new DiskNode(isFolder: false);
                Change(call.Path, names => names[call.Path] = created);
                break;
            case CallKind.Open:
                if (call.Offset == 1)
                {
                    _names[call.Path].Truncate(0);
                }

                break;
            case CallKind.Write:
                // A file that was deleted while it is open has no name.
                _names.GetValueOrDefault(call.Path)?.Write(call.Offset, call.Data);
                break;
            case CallKind.Truncate:
                _names.GetValueOrDefault(call.Path)?.Truncate(call.Offset);
                break;
            case CallKind.Flush when _names.TryGetValue(call.Path, out DiskNode? node) && !node.IsFolder:
                node.Flush();
                break;
            case CallKind.Flush:
                FlushFolder(call.Path);
                break;
            default:
                ChangeName(call);
                break;
        }
    }

    /// <summary>Tells what can be on the disk now.</summary>
    /// <returns>The disk after the end of the process, then after a power cut on file systems that keep more or less of what was not flushed.</returns>
    public IEnumerable<DiskState> States()
    {
        yield return State("kill", _names, node => node.Content);
        yield return State("power cut, only what was flushed", _flushedNames, node => node.Flushed);
        yield return State("power cut, names before data", _names, node => node.Flushed);
        yield return State("power cut, names and lengths before data", _names, node => node.WithZeros);
        yield return State("power cut, data before names", _flushedNames, node => node.Content);
        yield return State("power cut, the last write is torn", _names, node => node.Torn);
        for (int lost = 0; lost < _unflushed.Count; lost++)
        {
            yield return State("power cut, one change of a name is lost", Names(i => i != lost), node => node.Content);
            yield return State("power cut, the first changes of names are kept", Names(i => i < lost), node => node.Flushed);
        }
    }

    private static DiskState State(string what, Dictionary<string, DiskNode> names, Func<DiskNode, byte[]> content) =>
        new(what, names.ToDictionary(name => name.Key, name => name.Value.IsFolder ? null : content(name.Value), StringComparer.Ordinal));

    private Dictionary<string, DiskNode> Names(Func<int, bool> isKept)
    {
        var names = new Dictionary<string, DiskNode>(_flushedNames, StringComparer.Ordinal);
        for (int i = 0; i < _unflushed.Count; i++)
        {
            if (isKept(i))
            {
                _unflushed[i].Change(names);
            }
        }

        return names;
    }

    private void ChangeName(RecordedCall call)
    {
        DiskNode node = _names.GetValueOrDefault(call.Path) ?? new DiskNode(isFolder: call.Kind == CallKind.MakeFolder);
        Change(call.Path, names =>
        {
            switch (call.Kind)
            {
                case CallKind.Rename:
                    names.Remove(call.Path);
                    names[call.Other] = node;
                    break;
                case CallKind.Link:
                    names[call.Other] = node;
                    break;
                case CallKind.MakeFolder:
                    names[call.Path] = node;
                    break;
                default:
                    names.Remove(call.Path);
                    break;
            }
        });
    }

    private void Change(string path, Action<Dictionary<string, DiskNode>> change)
    {
        change(_names);
        _unflushed.Add((Path.GetDirectoryName(path)!, change));
    }

    private void FlushFolder(string folder)
    {
        foreach ((_, Action<Dictionary<string, DiskNode>> change) in _unflushed.Where(change => change.Folder == folder))
        {
            change(_flushedNames);
        }

        _unflushed.RemoveAll(change => change.Folder == folder);
    }
}
