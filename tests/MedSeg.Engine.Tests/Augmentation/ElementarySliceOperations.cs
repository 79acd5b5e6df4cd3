using MedSeg.Augmentation;
using MedSeg.Tensors;
using TorchSharp;

namespace MedSeg.Tests.Augmentation;

/// <summary>Slices and their pixels by looking up numbers alone, for torch's meta device, which has no other way.</summary>
internal sealed class ElementarySliceOperations : SliceOperations
{
    public override torch.Tensor Select(torch.Tensor slices, torch.Tensor numbers) =>
        slices.gather(0, numbers.view([-1, .. slices.shape[1..].Select(_ => 1L)]).expand([numbers.shape[0], .. slices.shape[1..]]));

    public override torch.Tensor Interpolate(torch.Tensor images, torch.Tensor grid)
    {
        (torch.Tensor x, torch.Tensor y) = Pixels(images, grid);
        torch.Tensor sum = torch.zeros_like(images);
        foreach ((torch.Tensor left, torch.Tensor wide) in Two(x))
        {
            foreach ((torch.Tensor top, torch.Tensor high) in Two(y))
            {
                sum = sum.Plus(Take(images, left, top) * wide * high);
            }
        }

        return sum;
    }

    public override torch.Tensor TakeNearest(torch.Tensor images, torch.Tensor grid)
    {
        (torch.Tensor x, torch.Tensor y) = Pixels(images, grid);
        return Take(images, x.Plus(0.5).floor(), y.Plus(0.5).floor());
    }

    // Places in pixels, of which 0 is the centre of the first.
    private static (torch.Tensor X, torch.Tensor Y) Pixels(torch.Tensor images, torch.Tensor grid)
    {
        torch.Tensor places = grid.Plus(1).Times(images.shape[2] / 2.0).Plus(-0.5);
        return (places.select(3, 0), places.select(3, 1));
    }

    private static (torch.Tensor At, torch.Tensor Weight)[] Two(torch.Tensor places)
    {
        torch.Tensor first = places.floor();
        torch.Tensor part = places.Minus(first);
        return [(first, part.Times(-1).Plus(1)), (first.Plus(1), part)];
    }

    private static torch.Tensor Take(torch.Tensor images, torch.Tensor x, torch.Tensor y)
    {
        long size = images.shape[2];
        (torch.Tensor column, torch.Tensor row) = (Within(x, size), Within(y, size));
        torch.Tensor index = row.Times(size).Plus(column).to(torch.ScalarType.Int64).view(images.shape[0], -1);
        torch.Tensor there = column.eq(x).to(images.dtype) * row.eq(y).to(images.dtype);
        return images.reshape(images.shape[0], -1).gather(1, index).view(images.shape) * there;
    }

    private static torch.Tensor Within(torch.Tensor places, long size) =>
        places.AtMost(size - 1).maximum(torch.zeros_like(places));
}
