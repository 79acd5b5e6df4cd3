using MedSeg.Errors;

namespace MedSeg.Tests.Fuzzing;

/// <summary>Most of what build/fuzz.sh starts from is read, so that it reaches the code behind the checks; anything else is refused.</summary>
public class GuidedFormatTests
{
    public static TheoryData<string> Names => [.. GuidedFormat.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Most_seeds_are_read_and_noise_is_refused(string name)
    {
        GuidedFormat format = GuidedFormat.All[name];
        byte[][] seeds = [.. format.Seeds];

        Assert.NotEmpty(seeds);
        Assert.True(2 * seeds.Count(IsRead) > seeds.Length);
        Assert.False(IsRead([1, 2, 3, 4, 5, 6, 7, 8]));

        bool IsRead(byte[] file)
        {
            try
            {
                format.Read(file);
                return true;
            }
            catch (FileFormatException)
            {
                return false;
            }
        }
    }
}
