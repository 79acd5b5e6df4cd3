using MedSeg.Data.Files;
using MedSeg.Errors;

namespace MedSeg.Tests.Data.Files;

/// <summary>What is said of a folder that is not a data set.</summary>
public sealed class UnknownFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("", "nothing", "-DicomPath and -LabelPath")]
    [InlineData("P01.nrrd,P01.seg.nrrd,Scene.mrml", "3 files, such as 'P01.nrrd'", "'images' and 'labels', or list them in a table for -PairsPath")]
    [InlineData("notes.txt", "the file 'notes.txt'", "A data set of nnU-Net has dataset.json")]
    [InlineData("imagesTr/,labelsTr/", "the folders 'imagesTr', 'labelsTr'", "without its dataset.json. Copy that file into the folder, or use -DicomPath '{0}/imagesTr' -LabelPath '{0}/labelsTr'")]
    [InlineData("imagesTr/,dataset.txt", "the folder 'imagesTr' and the file 'dataset.txt'", "without dataset.json and labelsTr")]
    [InlineData("images/,seg/", "the folders 'images', 'seg'", "Put the masks into the folder '{0}/labels'")]
    [InlineData("Dataset001_A/dataset.json,Dataset002_B/dataset.json,c/,d/,e/", "the folders 'Dataset001_A', 'Dataset002_B', 'c' and 2 more", "Import-MedSegDataset '{0}/*'")]
    public void Its_contents_and_the_way_out_are_named(string entries, string contents, string advice)
    {
        foreach (string entry in entries.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            string path = Path.Combine(_folder, entry);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            if (!entry.EndsWith('/'))
            {
                File.WriteAllText(path, "");
            }
        }

        MedSegException error = Assert.Throws<MedSegException>(() => DatasetFolder.Find(_folder));

        Assert.Equal(ErrorIds.FolderNotFound, error.ErrorId);
        Assert.StartsWith($"{_folder}: The folder is not a data set", error.Message, StringComparison.Ordinal);
        Assert.Contains($"It contains {contents}.", error.Message, StringComparison.Ordinal);
        Assert.Contains(advice.Replace("{0}/", _folder + Path.DirectorySeparatorChar, StringComparison.Ordinal), error.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("imagesTr", "labelsTr")]
    [InlineData("masks", "images")]
    public void A_part_of_a_data_set_names_the_folder_that_it_is_in(string part, string other)
    {
        Directory.CreateDirectory(Path.Combine(_folder, part));
        Directory.CreateDirectory(Path.Combine(_folder, other));

        string? advice = Assert.Throws<MedSegException>(() => DatasetFolder.Find(Path.Combine(_folder, part))).Advice;

        Assert.EndsWith($"Import the folder that it is in, '{_folder}'.", advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Swapped_folders_of_nnU_Net_are_refused_by_name()
    {
        foreach (string file in (string[])["dataset.json", "imagesTr/P01.nii.gz", "labelsTr/P01_0000.nii.gz"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_folder, file))!);
            File.WriteAllText(Path.Combine(_folder, file), "{}");
        }

        MedSegException error = Assert.Throws<MedSegException>(() => DatasetFolder.Find(_folder));

        Assert.Equal(ErrorIds.FoldersSwapped, error.ErrorId);
        Assert.Contains("labelsTr: The folder has images, such as P01_0000.nii.gz", error.Message, StringComparison.Ordinal);
        Assert.Contains("swapped", error.Advice, StringComparison.Ordinal);
    }
}
