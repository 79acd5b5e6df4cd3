using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
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

        // The masks of a batch are written while the next one is read and computed.
        using var writing = new MaskWriting(computed => Write(computed, writer));
        foreach (SourceSlice[]? batch in series.Slices.Chunk(inference.BatchSize).Append(null))
        {
            ComputedBatch? computed = null;
            ExceptionDispatchInfo? error = null;
            try
            {
                if (batch is not null)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    computed = Compute(series, batch);
                }
            }
            catch (Exception e)
            {
                // What was written before is reported first.
                error = ExceptionDispatchInfo.Capture(e);
            }

            SegmentedSlice[] slices = writing.Finish();
            ReportHeld();
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

            error?.Throw();
            if (computed is null)
            {
                break;
            }

            done += batch!.Length;
            progress(batch.Length);
            if (writer.IsVolume && computed.Results.Length < batch.Length)
            {
                events?.Error?.Invoke(Incomplete(series));
                progress(series.Slices.Count - done);
                yield break;
            }

            writing.Begin(computed);
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

    private ComputedBatch Compute(ScanSeries series, SourceSlice[] batch)
    {
        (SourceSlice Slice, PreparedImage Image)[] ready = Prepare(batch);
        var masks = new SliceMask[ready.Length];
        var results = new SegmentedSlice[ready.Length];
        if (ready.Length > 0)
        {
            inference.Compute(ready.Length, events);
            ParallelLoop.For(ready.Length, i =>
            {
                masks[i] = SliceMask.Of(ready[i].Image, inference.Restore(i, ready[i].Image.Geometry, ready[i].Image.Spacing), model);
                results[i] = ToResult(series, ready[i].Slice, masks[i]);
            });
        }

        return new ComputedBatch(ready, masks, results);
    }

    private SegmentedSlice[] Write(ComputedBatch batch, IMaskWriter writer)
    {
        SegmentedSlice[] results = batch.Results;
        void WriteMask(int i) => results[i] = results[i] with { MaskPath = writer.Write(batch.Slices[i].Slice, batch.Masks[i].Pixels) };
        ParallelLoop.For(results.Length, i =>
        {
            results[i] = results[i] with { OverlayPath = Draw(batch.Slices[i].Image, batch.Masks[i].Pixels) };
            if (!writer.IsVolume)
            {
                WriteMask(i);
            }
        });
        for (int i = 0; writer.IsVolume && i < results.Length; i++)
        {
            WriteMask(i);
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

    private SegmentedSlice ToResult(ScanSeries series, SourceSlice slice, SliceMask mask) => SegmentedSlice.Of(series, slice) with
    {
        ModelPaths = paths,
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
