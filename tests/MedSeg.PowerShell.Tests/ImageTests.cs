using System.Management.Automation;

namespace MedSeg.PowerShell.Tests;

/// <summary>Get-MedSegImage and Export-MedSegImage of the built module.</summary>
public sealed class ImageTests : IClassFixture<DemoFixture>, IDisposable
{
    private readonly ModuleSession _session = new();

    public ImageTests(DemoFixture demo) => demo.CopyTo(_session.PathOf("data"));

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Images_and_masks_are_described_and_a_bad_file_does_not_end_the_list()
    {
        File.WriteAllText(_session.PathOf("data", "dicoms", "zzz.txt"), "no image");

        using System.Management.Automation.PowerShell shell = _session.Create("Get-MedSegImage data/dicoms/*, data/labels/P01* -Hash");
        List<PSObject> infos = [.. shell.Invoke()];

        Assert.Equal("LabelFormat", ModuleSession.IdOf(Assert.Single(shell.Streams.Error)));
        PSObject dicom = infos[0];
        Assert.Equal("DICOM", dicom.Properties["Format"].Value);
        Assert.Equal("MR", dicom.Properties["Modality"].Value);
        Assert.Equal(192, dicom.Properties["Rows"].Value);
        Assert.Equal("Explicit VR Little Endian", dicom.Properties["TransferSyntax"].Value);
        Assert.Matches("^[0-9a-f]{64}$", (string)dicom.Properties["Sha256"].Value);
        Assert.Contains(infos, i => (string)i.Properties["Format"].Value is "PNG" or "NumPy");
    }

    [Fact]
    public void Picture_is_drawn_once_and_again_with_Force()
    {
        PSObject file = Assert.Single(_session.Run("(Import-MedSegDataset data -InputSize 32).Samples[0] | Export-MedSegImage -OutputPath slice.png"));

        Assert.Equal(_session.PathOf("slice.png"), Assert.IsType<FileInfo>(file.BaseObject).FullName);
        byte[] picture = File.ReadAllBytes(_session.PathOf("slice.png"));
        Assert.Equal((byte)'P', picture[1]);
        Assert.Equal("FileExists", ModuleSession.IdOf(_session.Fail("Export-MedSegImage data/dicoms/P01_S02.dcm slice.png")));
        Assert.Single(_session.Run("Export-MedSegImage data/dicoms/P01_S02.dcm slice.png -Force"));
        Assert.NotEqual(picture, File.ReadAllBytes(_session.PathOf("slice.png")));
    }

    [Fact]
    public void Get_with_an_output_still_draws_and_warns()
    {
        using System.Management.Automation.PowerShell shell = _session.Create("Get-MedSegImage data/dicoms/P01_S01.dcm -OutputPath slice.png");
        PSObject info = Assert.Single(shell.Invoke());

        Assert.Equal(_session.PathOf("slice.png"), info.Properties["OutputPath"].Value);
        Assert.Contains("will be removed after 2027-12-31. Use Export-MedSegImage", Assert.Single(shell.Streams.Warning).Message, StringComparison.Ordinal);
        _session.Run("Export-MedSegImage data/dicoms/P01_S01.dcm same.png");
        Assert.Equal(File.ReadAllBytes(_session.PathOf("same.png")), File.ReadAllBytes(_session.PathOf("slice.png")));
    }

    [Fact]
    public void File_that_is_no_image_is_not_called_a_mask()
    {
        File.WriteAllText(_session.PathOf("broken.dcm"), "a,b\n1,2\n");

        ErrorRecord error = _session.Fail("Get-MedSegImage broken.dcm");

        Assert.Equal("LabelFormat", ModuleSession.IdOf(error));
        Assert.Contains("looks like text. It is neither an image nor a mask", error.ErrorDetails.Message, StringComparison.Ordinal);
        Assert.StartsWith("Give a DICOM, NIfTI", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIf_describes_and_draws_nothing()
    {
        Assert.Single(_session.Run("Get-MedSegImage data/dicoms/P01_S01.dcm -OutputPath slice.png -WhatIf -WarningAction Ignore"));
        Assert.Empty(_session.Run("Export-MedSegImage data/dicoms/P01_S01.dcm -OutputPath slice.png -WhatIf"));
        Assert.False(File.Exists(_session.PathOf("slice.png")));
    }
}
