using MedSeg.Dicom;
using MedSeg.Dicom.Jpeg2000;

namespace MedSeg.Tests.Dicom.Jpeg2000;

/// <summary>The decoder, against what OpenJPEG decodes the same codestreams to.</summary>
public class Jpeg2000DecoderTests
{
    public static TheoryData<string> Files => new(ReferenceCase.All.Keys);

    [Theory]
    [MemberData(nameof(Files))]
    public void Decodes_as_OpenJPEG_does(string file)
    {
        ReferenceCase reference = ReferenceCase.All[file];
        int[] expected = reference.ReadValues();
        DecodedFrame frame = Jpeg2000Decoder.Decode(reference.ReadStream(), reference.Shape);

        Assert.Equal(reference.Shape, new FrameShape(frame.Rows, frame.Columns, frame.Components));
        Assert.Equal((reference.Precision, reference.Signed), (frame.Precision, frame.IsSigned));
        Assert.Equal(expected.Length, frame.Samples.Length);
        int difference = expected.Zip(frame.Samples, (a, b) => Math.Abs(a - b)).Max();
        Assert.True(difference <= reference.Tolerance, $"{file}: differs by up to {difference} where {reference.Tolerance} is allowed.");
    }
}
