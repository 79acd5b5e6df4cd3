using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Inference.Backends;

namespace MedSeg.Inference;

/// <summary>Says which images are of which channel of a model.</summary>
internal static class ModelChannels
{
    /// <summary>Takes the channels of the model, or those that were given for it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="given">The given channels, in any order; empty for those of the model.</param>
    /// <returns>The channels, in the order of the model's input.</returns>
    /// <exception cref="MedSegException"><c>ChannelsDiffer</c>: the names are not those of the model; <c>ChannelInvalid</c>.</exception>
    public static IReadOnlyList<ImageChannel> Resolve(SegmentationModel model, IReadOnlyList<ImageChannel> given)
    {
        IReadOnlyList<ImageChannel> own = model.Description.Preprocessing.Channels;
        if (given.Count == 0)
        {
            return own;
        }

        InputLimits.RequireChannels(given);
        ImageChannel?[] ordered = [.. own.Select(channel => given.FirstOrDefault(other => other.Name.Equals(channel.Name, StringComparison.OrdinalIgnoreCase)))];
        return given.Count == own.Count && Array.TrueForAll(ordered, channel => channel is not null)
            ? [.. ordered.OfType<ImageChannel>()]
            : throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.ChannelsDiffer, $"{model.Path}: The channels of the model are {List(own)}, but {List(given)} were given.", model.Path)
            {
                Advice = own.Count == 0 ? "Leave out -Channel: the model works on images with one channel." : "Give -Channel with the names of the model's channels, or leave it out if the files are named like those for training.",
            };
    }

    private static string List(IReadOnlyList<ImageChannel> channels) => channels.Count == 0 ? "one without a name" : string.Join(", ", channels.Select(channel => $"'{channel.Name}'"));
}
