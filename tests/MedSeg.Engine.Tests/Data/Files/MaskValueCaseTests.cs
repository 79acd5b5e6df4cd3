using System.Buffers.Binary;
using System.Text;
using MedSeg.Data;
using MedSeg.Errors;
using MedSeg.Formats.Npy;
using MedSeg.Labels;
using MedSeg.Tests.Dicom;
using MedSeg.Volumes;

namespace MedSeg.Tests.Data.Files;

/// <summary>Masks whose values are not plain ROI numbers.</summary>
public sealed class MaskValueCaseTests : IDisposable
{
    private readonly SmallScan _scan = new();

    public void Dispose() => _scan.Dispose();

    [Theory]
    [InlineData(2.0 / 255, 1)]
    [InlineData(12.0 / 255, 1)]
    [InlineData(100.0 / 255, 1)]
    [InlineData(-4.5 / 255, 1)]
    public void Labels_scaled_to_8_bits_are_rounded(double slope, int warnings)
    {
        // As nibabel does: the value of a byte is slope times the byte, and labels become the nearest.
        double step = (float)slope;
        _scan.AddSeries(2).AddVolume("seg.nii.gz", Scaled(slope, Enumerable.Range(0, 2).SelectMany(SmallScan.Mask).Select(v => (byte)(sbyte)Math.Round(v / step)), isSigned: slope < 0));

        Dataset dataset = _scan.Import();

        Assert.Equal([SmallScan.PixelsOf(0), SmallScan.PixelsOf(1)], dataset.Samples.Select(s => s.RoiPixels));
        Assert.Equal(Enumerable.Repeat("LabelRounded", warnings), dataset.Problems.Select(p => p.Code));
        Assert.Contains("1 other slice", dataset.Problems.First().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Scaled_values_between_labels_are_refused()
    {
        _scan.AddSeries(1).AddVolume("seg.nii.gz", Scaled(1.0 / 255, SmallScan.Mask(0).Select(v => (byte)(v * 127)), isSigned: false));

        Dataset dataset = _scan.Import("A", "B");

        Assert.Equal(0, dataset.Count);
        Assert.Contains("0.498", Assert.Single(dataset.Problems).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<f8", 1.000000000001)]
    [InlineData("<f8", 0.9999999)]
    [InlineData("<f4", 0.9999999)]
    [InlineData("<f4", 1.0000001)]
    public void Noise_of_arithmetic_is_rounded_and_told_once(string type, double one)
    {
        for (int k = 0; k < 2; k++)
        {
            _scan.AddSlice($"S0{k}", new SmallSlice { Number = k });
            byte[] values = [.. SmallScan.Mask(k).SelectMany(v => type == "<f8" ? BitConverter.GetBytes(v * one) : BitConverter.GetBytes((float)(v * one)))];
            string header = $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({SmallScan.Rows}, {SmallScan.Columns}), }}".PadRight(117) + '\n';
            SmallScan.Write(Path.Combine(_scan.Labels, $"S0{k}.npy"), [.. NpyHeader.Magic, 1, 0, 118, 0, .. Encoding.ASCII.GetBytes(header), .. values]);
        }

        Dataset dataset = _scan.Import();

        Assert.Equal([SmallScan.PixelsOf(0), SmallScan.PixelsOf(1)], dataset.Samples.Select(s => s.RoiPixels));
        Assert.True(dataset.Problems.Count() == ((float)one == 1 ? 0 : 1));
        Assert.All(dataset.Problems, p => Assert.Equal((ErrorIds.LabelRounded, LabelSeverity.Notice), (p.Code, p.Severity)));
    }

    [Fact]
    public void White_masks_say_what_they_hold_and_how_to_map_it()
    {
        _scan.AddSeries(2).AddMask("S00.png", White(0)).AddMask("S01.png", White(1));

        Dataset dataset = _scan.Import();

        Assert.All(dataset.Problems, p => Assert.Equal("LabelBinaryMask", p.Code));
        Assert.Equal(2, dataset.Problems.Count());
        Assert.Contains("0/255", dataset.Problems.First().Message, StringComparison.Ordinal);
        Assert.Contains("-LabelMap @{255=1}", dataset.Problems.First().Advice, StringComparison.Ordinal);
        Assert.Equal(2, _scan.Import(new LabelMapping { Values = new Dictionary<float, int> { [255] = 1 } }).Count);
    }

    [Fact]
    public void The_fault_of_the_only_image_is_named()
    {
        _scan.AddMask("S00.png", SmallScan.Mask(0));
        byte[] values = [.. Enumerable.Range(0, SmallScan.Rows * SmallScan.Columns).SelectMany(i => BitConverter.GetBytes(i == 100 ? float.NaN : i))];
        SmallScan.Write(Path.Combine(_scan.Dicoms, "S00.dcm"), DicomBytes.Part10().UInt16(0x0028, 0x0002, 1).Text(0x0028, 0x0004, "CS", "MONOCHROME2")
            .UInt16(0x0028, 0x0010, SmallScan.Rows).UInt16(0x0028, 0x0011, SmallScan.Columns).UInt16(0x0028, 0x0100, 32).Element(0x7FE0, 0x0008, "OF", values).ToArray());

        LabelProblem problem = Assert.Single(_scan.Import().Problems);

        Assert.Contains("S00.dcm", problem.Message, StringComparison.Ordinal);
        Assert.Contains("NaN", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fault_comes_before_masks_that_hold_background_only()
    {
        _scan.AddSeries(2).AddMask("S00.png", new byte[SmallScan.Rows * SmallScan.Columns]).AddMask("S01.png", White(1));

        MedSegException error = Assert.Throws<MedSegException>(() => _scan.Import());

        Assert.Equal(ErrorIds.RoiCountUnknown, error.ErrorId);
        Assert.Contains("S01.png", error.Message, StringComparison.Ordinal);
        Assert.Contains("-LabelMap @{255=1}", error.Message, StringComparison.Ordinal);
    }

    private static byte[] White(int k) => Array.ConvertAll(SmallScan.Mask(k), v => (byte)(v == 1 ? 255 : 0));

    private static byte[] Scaled(double slope, IEnumerable<byte> values, bool isSigned)
    {
        byte[] bytes = [.. values];
        int planes = bytes.Length / (SmallScan.Rows * SmallScan.Columns);
        byte[] header = NiftiHeaderWriter.Create(new Vector3D(-10, -20, 30), [new(0.7, 0, 0), new(0, 0.8, 0), new(0, 0, 3)], [SmallScan.Columns, SmallScan.Rows, planes]);
        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(70), (short)(isSigned ? 256 : 2));
        BinaryPrimitives.WriteSingleLittleEndian(header.AsSpan(112), (float)slope);
        return [.. header, .. bytes];
    }
}
