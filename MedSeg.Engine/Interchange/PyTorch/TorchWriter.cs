using System.Globalization;
using MedSeg.Files.Safetensors;
using MedSeg.Network;
using MedSeg.Training;

namespace MedSeg.Interchange.PyTorch;

/// <summary>
/// Writes a model as torch.save does: a dictionary of epoch and state_dict, its names as the published program's network in
/// nn.DataParallel has them, and medseg, in which the names of the ROIs and the normalisation are.
/// </summary>
internal static class TorchWriter
{
    private const string Folder = "medseg/";

    /// <summary>Writes the file.</summary>
    /// <param name="stream">A stream to write to.</param>
    /// <param name="state">What is known of the model.</param>
    /// <param name="architecture">The form of its network.</param>
    /// <param name="weights">Its weights by name.</param>
    public static void Write(Stream stream, Checkpoint state, NetworkOptions architecture, IReadOnlyDictionary<string, SafetensorsTensor> weights)
    {
        IReadOnlyList<ParameterShape> parameters = PyramidLayout.Parameters(architecture);
        using var zip = new StoredZipWriter(stream);
        zip.Add(Folder + "data.pkl", Pickle(state, parameters));
        zip.Add(Folder + "byteorder", "little"u8);
        for (int i = 0; i < parameters.Count; i++)
        {
            zip.Add(string.Create(CultureInfo.InvariantCulture, $"{Folder}data/{i}"), weights[parameters[i].Name].Data.Span);
        }

        zip.Add(Folder + "version", "3\n"u8);
        zip.End();
    }

    private static byte[] Pickle(Checkpoint state, IReadOnlyList<ParameterShape> parameters)
    {
        var pickle = new PickleWriter();
        pickle.Dictionary(() =>
        {
            pickle.Text("epoch");
            pickle.Integer(state.Epoch);
            pickle.Text("state_dict");
            pickle.OrderedDictionary(() =>
            {
                for (int i = 0; i < parameters.Count; i++)
                {
                    pickle.Text("module." + parameters[i].Name);
                    pickle.Tensor(i.ToString(CultureInfo.InvariantCulture), parameters[i].Shape);
                }
            });
            pickle.Text(TorchNotes.Key);
            pickle.Dictionary(() =>
            {
                pickle.Text(TorchNotes.LabelNamesKey);
                pickle.List(state.LabelNames);
                pickle.Text(TorchNotes.InputSizeKey);
                pickle.Integer(state.InputSize);
                pickle.Text(TorchNotes.NormalizationKey);
                pickle.Text(state.Normalization.ToString());
                pickle.Text(TorchNotes.ResizeModeKey);
                pickle.Text(state.ResizeMode.ToString());
            });
        });
        return pickle.End();
    }
}
