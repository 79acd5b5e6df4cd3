using MedSeg.Data;
using MedSeg.Network.Definition;
using MedSeg.Training.Runs;
using MedSeg.Training.Splits;
using TorchSharp;

namespace MedSeg.Training;

/// <summary>What a run trains on, with which options, on which devices, and where it writes. Nothing in it changes during the run.</summary>
/// <param name="Dataset">The data set.</param>
/// <param name="Options">The options.</param>
/// <param name="Run">Where to write and how to start.</param>
/// <param name="Split">The samples for training and for validation.</param>
/// <param name="Devices">The devices that share each batch; the first one holds the weights.</param>
internal sealed record TrainingPlan(Dataset Dataset, TrainingOptions Options, RunOptions Run, PatientSplit Split, IReadOnlyList<torch.Device> Devices)
{
    /// <summary>Gets the device that holds the weights and computes the loss.</summary>
    public torch.Device Device => Devices[0];

    /// <summary>Gets the names of the devices, separated by commas.</summary>
    public string DeviceName => string.Join(',', Devices);

    /// <summary>Gets the form of the network.</summary>
    public NetworkOptions Architecture => Options.NetworkFor(Dataset.Preprocessing.Shape, Dataset.LabelNames.Count);

    /// <summary>Gets the largest number of slices that one device computes in a step.</summary>
    public int SlicesPerDevice
    {
        get
        {
            // The shares of a batch are computed one after another.
            int parts = Math.Max(Devices.Count, Options.Shares);
            return (Math.Min(Options.BatchSize, Split.Training.Count) + parts - 1) / parts;
        }
    }
}
