namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>Reads the packets of a tile in the order of its progressions (T.800, B.12).</summary>
/// <param name="precincts">All precincts of the tile.</param>
/// <param name="reader">The reader of packets.</param>
/// <param name="budget">Limits the work.</param>
internal sealed class PacketSequence(IReadOnlyList<Precinct> precincts, PacketReader reader, WorkBudget budget)
{
    /// <summary>Reads all packets.</summary>
    /// <param name="parameters">The coding parameters with the progressions.</param>
    /// <exception cref="CodestreamException">The stream is truncated or damaged.</exception>
    public void Read(CodingParameters parameters)
    {
        if (parameters.Progressions.Count == 0)
        {
            Read(new Progression(0, 0, parameters.Layers, int.MaxValue, parameters.Components, parameters.Order), parameters.Layers);
        }

        foreach (Progression progression in parameters.Progressions)
        {
            Read(progression, parameters.Layers);
        }

        foreach (Precinct precinct in precincts)
        {
            if (precinct.NextLayer < parameters.Layers)
            {
                throw new CodestreamException("the progressions skip packets: the headers are damaged", reader.Position);
            }
        }
    }

    private void Read(Progression progression, int layers)
    {
        budget.Spend(precincts.Count, reader.Position);
        int layerEnd = Math.Min(progression.LayerEnd, layers);
        var selected = new List<Precinct>();
        foreach (Precinct precinct in precincts)
        {
            if (precinct.Resolution >= progression.FirstResolution && precinct.Resolution < progression.ResolutionEnd
                && precinct.Component >= progression.FirstComponent && precinct.Component < progression.ComponentEnd
                && precinct.NextLayer < layerEnd)
            {
                selected.Add(precinct);
            }
        }

        selected.Sort(Comparison(progression.Order));
        for (int start = 0; start < selected.Count;)
        {
            int end = GroupEnd(selected, start, progression.Order);
            ReadGroup(selected, start, end, layerEnd);
            start = end;
        }
    }

    /// <summary>Reads the packets of precincts, layer by layer.</summary>
    private void ReadGroup(List<Precinct> selected, int start, int end, int layerEnd)
    {
        for (int layer = 0; layer < layerEnd; layer++)
        {
            budget.Spend(end - start, reader.Position);
            for (int i = start; i < end; i++)
            {
                Precinct precinct = selected[i];

                // An earlier progression may have read this layer.
                if (precinct.NextLayer == layer)
                {
                    reader.Read(precinct, layer);
                    precinct.NextLayer++;
                }
            }
        }
    }

    private static int GroupEnd(List<Precinct> selected, int start, ProgressionOrder order)
    {
        switch (order)
        {
            case ProgressionOrder.LayerResolutionComponentPosition:
                return selected.Count;
            case ProgressionOrder.ResolutionLayerComponentPosition:
                int end = start + 1;
                while (end < selected.Count && selected[end].Resolution == selected[start].Resolution)
                {
                    end++;
                }

                return end;
            default:
                return start + 1;
        }
    }

    private static Comparison<Precinct> Comparison(ProgressionOrder order) => order switch
    {
        ProgressionOrder.ResolutionPositionComponentLayer => static (a, b) =>
            (a.Resolution, a.Y, a.X, a.Component, a.Index).CompareTo((b.Resolution, b.Y, b.X, b.Component, b.Index)),
        ProgressionOrder.PositionComponentResolutionLayer => static (a, b) =>
            (a.Y, a.X, a.Component, a.Resolution, a.Index).CompareTo((b.Y, b.X, b.Component, b.Resolution, b.Index)),
        ProgressionOrder.ComponentPositionResolutionLayer => static (a, b) =>
            (a.Component, a.Y, a.X, a.Resolution, a.Index).CompareTo((b.Component, b.Y, b.X, b.Resolution, b.Index)),
        _ => static (a, b) => (a.Resolution, a.Component, a.Index).CompareTo((b.Resolution, b.Component, b.Index)),
    };
}
