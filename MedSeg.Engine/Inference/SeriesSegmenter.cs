using System.Collections.Concurrent;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Imaging;
using MedSeg.Inference.Backends;
using MedSeg.Inference.Output;
using MedSeg.Inference.Scans;
using MedSeg.Pictures;
using MedSeg.Threading;
using MedSeg.Volumes;

namespace MedSeg.Inference;

/// <summary>Segments series of slices and writes their masks.</summary>
/// <param name="model">The model.</param>
/// <param name="paths">The absolute paths of the models that are used together.</param>
/// <param name="inference">Computes the masks.</param>
/// <param name="output">Where to write.</param>
/// <param name="reading">How images that are not DICOM are read.</param>
/// <param name="events">Receives warnings and errors of single files, or null.</param>
internal sealed class SeriesSegmenter(SegmentationModel model, string[] paths, BatchInference inference, MaskOutput output, ImageReading reading, EngineEvents? events)
{
    private readonly ScanReader _reader = new(reading);

    // Of the threads that write masks; reported by the one that enumerates them.
    private readonly ConcurrentQueue<string> _held = new();

    private Numbering? Numbering => output.Force ? new Numbering(new EngineEvents { Warning = _held.Enqueue }, Reuse: false) : null;

    /// <summary>Segments a series.</summary>
    /// <param name="series">The series.</param>
    /// <param name="progress">Receives the number of slices after each batch.</param>
    /// <param name="cancellationToken">Stops before the next batch.</param>
    /// <returns>The slices: batch by batch, or, where one file holds all masks, after that file is complete.</returns>
    public IEnumerable<SegmentedSlice> Run(ScanSeries series, Action<int> progress, CancellationToken cancellationToken)
    {
        using IMaskWriter? writer = OpenWriter(series);
        if (writer is null)
        {
            progress(series.Slices.Count);
            yield break;
        }

        var warnings = new SeriesWarnings(series, output.Format);
        var pending = new List<SegmentedSlice>();
        int done = 0;
        foreach (SourceSlice[] batch in series.Slices.Chunk(inference.BatchSize))
        {
            cancellationToken.ThrowIfCancellationRequested();
            SegmentedSlice[] slices = RunBatch(series, batch, writer);
            ReportHeld();
            done += batch.Length;
            progress(batch.Length);
            foreach (SegmentedSlice slice in slices)
            {
                warnings.Add(slice);
                if (writer.IsVolume)
                {
                    pending.Add(slice);
                }
                else
                {
                    yield return slice;
                }
            }

            if (writer.IsVolume && slices.Length < batch.Length)
            {
                events?.Error?.Invoke(Incomplete(series));
                progress(series.Slices.Count - done);
                yield break;
            }
        }

        warnings.Report(events?.Warning);
        writer.Finish();
        ReportHeld();
        LabelTableFiles.Write(output, model.LabelNames);
        foreach (SegmentedSlice slice in pending)
        {
            yield return slice;
        }
    }

    private void ReportHeld()
    {
        while (_held.TryDequeue(out string? warning))
        {
            events?.Warning?.Invoke(warning);
        }
    }

    private MedSegException Incomplete(ScanSeries series)
    {
        string path = OutputPaths.Of(series.Name, output);
        return new MedSegException(ErrorKind.InvalidData, ErrorIds.SeriesIncomplete, $"{path}: The file was not written, because a slice of the series cannot be used.", path)
        {
            Advice = "Repair or remove that slice, or use -Format Png.",
        };
    }

    private IMaskWriter? OpenWriter(ScanSeries series)
    {
        try
        {
            return MaskWriters.Open(series, output with { Numbering = Numbering }, model.LabelNames);
        }
        catch (MedSegException e) when (e.Kind == ErrorKind.InvalidData)
        {
            events?.Error?.Invoke(e);
            return null;
        }
    }

    private SegmentedSlice[] RunBatch(ScanSeries series, SourceSlice[] batch, IMaskWriter writer)
    {
        (SourceSlice Slice, PreparedImage Image)[] ready = Prepare(batch);
        if (ready.Length == 0)
        {
            return [];
        }

        inference.Compute(ready.Length, events);
        var masks = new SliceMask[ready.Length];
        var results = new SegmentedSlice[ready.Length];
        ParallelLoop.For(ready.Length, i =>
        {
            masks[i] = SliceMask.Of(ready[i].Image, inference.Restore(i, ready[i].Image.Geometry, ready[i].Image.Spacing), model);
            results[i] = ToResult(series, ready[i].Slice, masks[i], Draw(ready[i].Image, masks[i].Pixels));
        });

        void Write(int i) => results[i] = results[i] with { MaskPath = writer.Write(ready[i].Slice, masks[i].Pixels) };
        if (writer.IsVolume)
        {
            for (int i = 0; i < ready.Length; i++)
            {
                Write(i);
            }
        }
        else
        {
            ParallelLoop.For(ready.Length, Write);
        }

        return results;
    }

    private (SourceSlice Slice, PreparedImage Image)[] Prepare(SourceSlice[] batch)
    {
        var prepared = new PreparedImage?[batch.Length];
        var errors = new MedSegException?[batch.Length];
        inference.Reserve(batch.Length);
        ParallelLoop.For(batch.Length, i =>
        {
            try
            {
                ImageSlice image = _reader.Read(batch[i]);
                prepared[i] = PreparedImage.Of(image, batch[i].Name, batch[i].Path, model, output.Overlay, inference.Input(i));
            }
            catch (MedSegException e)
            {
                errors[i] = e;
            }
        });

        // Slices that cannot be used leave no gap in the batch.
        var ready = new List<(SourceSlice, PreparedImage)>();
        for (int i = 0; i < batch.Length; i++)
        {
            if (prepared[i] is { } image)
            {
                inference.Input(i).CopyTo(inference.Input(ready.Count));
                ready.Add((batch[i], image));
            }
            else
            {
                events?.Error?.Invoke(errors[i]!);
            }
        }

        return [.. ready];
    }

    private SegmentedSlice ToResult(ScanSeries series, SourceSlice slice, SliceMask mask, string? overlayPath) => SegmentedSlice.Of(series, slice) with
    {
        ModelPaths = paths,
        OverlayPath = overlayPath,
        Rows = mask.Rows,
        Columns = mask.Columns,
        Spacing = mask.Spacing,
        Rois = mask.Rois,
        Confidence = mask.Confidence,
        Flags = mask.Flags,
        Differences = mask.Differences,
    };

    private OverlayNotes NotesOf(PreparedImage image) => new(model.LabelNames)
    {
        Spacing = image.Spacing,
        Directions = image.Plane is { } plane ? SliceDirections.Of(plane) : null,
    };

    private string? Draw(PreparedImage image, byte[] mask)
    {
        if (image.Intensities is not { } intensities)
        {
            return null;
        }

        string path = OutputPaths.OfOverlay(image.Name, output);
        // An interrupted part may have left the overlay of a slice without a mask.
        return AtomicFile.Write(
            path, stream => OverlayPicture.Write(stream, intensities, mask, image.Columns, NotesOf(image)), output.Force || output.Share is not null, numbering: Numbering);
    }
}
