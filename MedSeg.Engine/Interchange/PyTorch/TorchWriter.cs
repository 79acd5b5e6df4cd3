using System.Globalization;
using MedSeg.Files.Safetensors;
using MedSeg.Network;
using MedSeg.Network.Definition;
using MedSeg.Training;

namespace MedSeg.Interchange.PyTorch;

/// <summary>
/// Writes a model as torch.save does: a dictionary of epoch, state_dict, with the parameter names of the
/// network in nn.DataParallel, and medseg, with the names of the ROIs, the preprocessing and the architecture.
/// </summary>
internal static class TorchWriter
{
    private const string Folder = "medseg/";

    /// <summary>Writes the file.</summary>
    /// <param name="stream">A stream to write to.</param>
    /// <param name="model">The metadata of the model.</param>
    /// <param name="weights">Its weights by name.</param>
    public static void Write(Stream stream, ModelMetadata model, IReadOnlyDictionary<string, SafetensorsTensor> weights)
    {
        IReadOnlyList<ParameterShape> parameters = NetworkLayouts.Parameters(model.Description.Architecture);
        using var zip = new StoredZipWriter(stream);
        zip.Add(Folder + "data.pkl", Pickle(model, parameters));
        zip.Add(Folder + "byteorder", "little"u8);
        for (int i = 0; i < parameters.Count; i++)
        {
            zip.Add(string.Create(CultureInfo.InvariantCulture, $"{Folder}data/{i}"), weights[parameters[i].Name].Data.Span);
        }

        zip.Add(Folder + "version", "3\n"u8);
        zip.End();
    }

    private static byte[] Pickle(ModelMetadata model, IReadOnlyList<ParameterShape> parameters)
    {
        var pickle = new PickleWriter();
        pickle.Dictionary(() =>
        {
            pickle.Text("epoch");
            pickle.Integer(model.Epoch);
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
            pickle.Dictionary(() => TorchNotes.Write(pickle, model.Description));
        });
        return pickle.End();
    }
}
