using MedSeg.Data;
using MedSeg.Data.Files;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Training.Splits;

namespace MedSeg.Tests.Data.Files;

/// <summary>Data sets that a table describes.</summary>
public sealed class PairTableTests : IDisposable
{
    private readonly SmallScan _scan = new();

    public PairTableTests() => _scan.AddSeries(3).AddMask("m0.png", SmallScan.Mask(0)).AddMask("m1.png", SmallScan.Mask(1)).AddMask("m2.png", SmallScan.Mask(2));

    public void Dispose() => _scan.Dispose();

    private string TablePath => Path.Combine(_scan.Folder, "pairs.csv");

    [Fact]
    public void Images_and_masks_of_any_names_are_pairs()
    {
        Dataset dataset = Import($"Label;IMAGE;Patient_ID;Site\nlabels/m1.png;dicoms/S00.dcm;Anna;A\n{Path.Combine(_scan.Labels, "m2.png")};dicoms\\S01.dcm;Ben;\n");

        Assert.Equal(["S00", "S01"], dataset.Samples.Select(sample => sample.Name));
        Assert.Equal([SmallScan.PixelsOf(1), SmallScan.PixelsOf(2)], dataset.Samples.Select(sample => sample.RoiPixels));
        Assert.Equal(["A", null], dataset.Samples.Select(sample => sample.Group));
        Assert.Equal([SampleSelection.HashOf("Anna"), SampleSelection.HashOf("Ben")], dataset.Samples.Select(sample => sample.Patient));
        Assert.Equal(2, dataset.Patients);
    }

    [Fact]
    public void Without_a_column_of_patients_the_images_state_them() =>
        Assert.Equal(1, Import("image,mask\ndicoms/S00.dcm,labels/m0.png\ndicoms/S01.dcm,labels/m1.png\n").Patients);

    [Fact]
    public void A_folder_of_slices_pairs_with_a_volume()
    {
        _scan.AddVolume("drawn.nii.gz", count: 3);

        Dataset dataset = Import("image,mask,patient\ndicoms,labels/drawn.nii.gz,P\n");

        Assert.Equal(["dicoms/S00", "dicoms/S01", "dicoms/S02"], dataset.Samples.Select(sample => sample.Name));
        Assert.Equal(SmallScan.PixelsOf(1), dataset.Samples[1].RoiPixels);
        Assert.Equal(1, dataset.Patients);
    }

    [Fact]
    public void A_missing_file_is_a_problem_of_its_line_and_the_others_are_imported()
    {
        Dataset dataset = Import("image,mask\ndicoms/S00.dcm,labels/m0.png\ndicoms/gone.dcm,labels/m1.png\ndicoms/S02.dcm,labels/gone.png\n");

        Assert.Equal(1, dataset.Count);
        Assert.Equal([$"{TablePath}, line 3: The image {Path.Combine(_scan.Dicoms, "gone.dcm")} does not exist.", $"{TablePath}, line 4: The mask {Path.Combine(_scan.Labels, "gone.png")} does not exist."], dataset.Problems.Select(p => p.Message));
    }

    [Theory]
    [InlineData("picture,mask\na,b\n", "Line 1: There is no column 'image', only 'picture', 'mask'.")]
    [InlineData("image,scan,mask\na,b,c\n", "Line 1: The columns 'image' and 'scan' mean the same.")]
    [InlineData("image,mask\na.dcm,\n", "Line 2: The mask is missing.")]
    [InlineData("image,mask\na.dcm,b\nc.dcm,b\na.dcm,d\n", "Line 4: The image a is in line 2 as well.")]
    public void Errors_name_the_line(string table, string finding)
    {
        File.WriteAllText(TablePath, table);

        FileFormatException error = Assert.Throws<FileFormatException>(() => PairTable.Read(TablePath));

        Assert.Equal((ErrorIds.TableInvalid, $"{TablePath}: {finding}"), (error.ErrorId, error.Finding));
    }

    [Fact]
    public void A_path_that_leads_to_the_root_is_a_problem_of_its_line()
    {
        string root = Path.GetPathRoot(TablePath)!;

        Dataset dataset = Import($"image,mask\n{root},labels/m0.png\ndicoms/S01.dcm,{root}\ndicoms/S02.dcm,labels/m2.png\n");

        Assert.Equal(1, dataset.Count);
        Assert.Equal([$"{TablePath}, line 2:", $"{TablePath}, line 3:"], dataset.Problems.Select(problem => problem.Message[..$"{TablePath}, line 2:".Length]));
    }

    [Fact]
    public void Folds_of_the_table_are_those_of_a_cross_validation()
    {
        Dataset dataset = Import("image,mask,patient,fold\ndicoms/S00.dcm,labels/m0.png,a,1\ndicoms/S01.dcm,labels/m1.png,b,2\ndicoms/S02.dcm,labels/m2.png,b,2\n");
        var options = new SplitOptions { FoldPath = TablePath, Fold = 2 };

        Assert.Equal([1, 2], PatientSplit.FoldsOf(dataset, options));
        Assert.Equal(["S01", "S02"], PatientSplit.Create(dataset, options).Validation.Select(sample => sample.Name));
    }

    [Fact]
    public void A_fold_that_is_no_number_is_an_error_of_its_line()
    {
        Dataset dataset = Import("image,mask,fold\ndicoms/S00.dcm,labels/m0.png,one\n");

        FileFormatException error = Assert.Throws<FileFormatException>(() => FoldFile.Read(TablePath, dataset.Samples));

        Assert.Equal((ErrorIds.FoldFileInvalid, $"{TablePath}: Line 2: The fold is 'one', but should be a number from 1."), (error.ErrorId, error.Finding));
    }

    private Dataset Import(string table)
    {
        File.WriteAllText(TablePath, table);
        DatasetFolder folder = DatasetFolder.OfTable(TablePath);
        return DatasetImporter.Import(new DatasetOptions { DicomPath = folder.ImagePath, LabelPath = folder.LabelPath, Pairs = folder.Pairs, InputSize = 32, LabelNames = ["A", "B"] });
    }
}
