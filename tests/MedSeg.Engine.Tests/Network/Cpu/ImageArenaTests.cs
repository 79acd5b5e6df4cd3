using MedSeg.Network;
using MedSeg.Network.Cpu;
using MedSeg.Network.Definition;
using MedSeg.Network.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace MedSeg.Tests.Network.Cpu;

/// <summary>The memory of images: no two that are in use overlap, and steps after the first one need no more.</summary>
public sealed unsafe class ImageArenaTests
{
    [Fact]
    public void Images_in_use_never_overlap_and_all_memory_is_free_again_at_the_end()
    {
        var random = new Random(1);
        using var arena = new ImageArena();
        var used = new List<(ImageMemory Memory, long Length)>();
        for (int i = 0; i < 3000; i++)
        {
            if (used.Count > 0 && random.Next(100) < (i < 1500 ? 40 : 60))
            {
                int index = random.Next(used.Count);
                used[index].Memory.Release();
                used.RemoveAt(index);
                continue;
            }

            long length = random.Next(1, 1 << random.Next(1, 21));
            ImageMemory memory = arena.Rent(length);
            Assert.All(used, other => Assert.True(memory.Start + length <= other.Memory.Start || other.Memory.Start + other.Length <= memory.Start));
            used.Add((memory, length));
        }

        long size = arena.Size;
        used.ForEach(one => one.Memory.Release());
        ImageMemory[] all = [.. Enumerable.Range(0, (int)(size / sizeof(float) >> 22)).Select(_ => arena.Rent(1 << 22))];
        Assert.Equal(size, arena.Size);
        Assert.NotEmpty(all);
    }

    [Fact]
    public void Memory_that_was_used_before_is_preferred_to_a_smaller_gap()
    {
        using var arena = new ImageArena();
        ImageMemory first = arena.Rent((1 << 22) - 4096);
        ImageMemory second = arena.Rent(2048);
        first.Release();
        long used = arena.Used;

        ImageMemory third = arena.Rent(1024);

        Assert.Equal((nint)first.Start, (nint)third.Start);
        Assert.Equal(used, arena.Used);
        second.Release();
        third.Release();
    }

    [Fact]
    public void Memory_is_in_use_until_all_parts_are_disposed_of()
    {
        using var arena = new ImageArena();
        var image = ChannelsLastView.Empty(arena, 1, 4, 4, 8);
        ChannelsLastView part = image.Part(2, 3);
        Assert.Equal((nint)(image.Start + 2), (nint)part.Start);
        Assert.Equal((3, 8, false), (part.Channels, part.Stride, part.IsDense));

        image.Dispose();
        image.Dispose();
        using var other = ChannelsLastView.Empty(arena, 1, 4, 4, 8);
        Assert.NotEqual((nint)image.Start, (nint)other.Start);
        part.Dispose();
        using var third = ChannelsLastView.Empty(arena, 1, 4, 4, 8);
        Assert.Equal((nint)image.Start, (nint)third.Start);
    }

    [Theory]
    [InlineData(NetworkArchitecture.Pyramid)]
    [InlineData(NetworkArchitecture.PyramidNorm)]
    [InlineData(NetworkArchitecture.UNet)]
    public void Steps_after_the_first_one_need_no_more_memory(NetworkArchitecture architecture)
    {
        using DisposeScope scope = NewDisposeScope();
        using SegmentationNetwork network = SegmentationNetworks.Create(NetworkOptions.Published(64, 3) with { Architecture = architecture, BaseWidth = 4 }, CPU);
        network.Parameters.Initialize(seed: 1);
        Tensor image = rand(2, 1, 64, 64);
        Tensor labels = zeros([2, 64, 64], ScalarType.Byte);
        var sizes = new List<long>();
        for (int i = 0; i < 4; i++)
        {
            using (TrainingPass pass = network.Train(image))
            {
                _ = CpuLoss.Compute(LossFunction.Dice, pass.Outputs, labels, null, out IReadOnlyList<Tensor> gradients);
                pass.Backward(gradients);
            }

            using (network.Train(image))
            {
                // A step that fails before its backward pass returns its memory, too.
            }

            network.Predict(image).Dispose();
            sizes.Add(network.ImageMemory);
        }

        Assert.True(sizes[0] > 0);
        Assert.All(sizes, size => Assert.Equal(sizes[0], size));
    }
}
