namespace MedSeg.Network.Cpu;

/// <summary>The gradient of the first of two images that were joined, whose other channels have a gradient of their own.</summary>
/// <param name="First">Receives the gradient of the first channels, whose number is a multiple of <see cref="Conv2dOutput.Lanes"/>.</param>
/// <param name="Adds">Whether it is added to the values that are there.</param>
internal sealed record JoinedGradient(ChannelsLastView First, bool Adds);
