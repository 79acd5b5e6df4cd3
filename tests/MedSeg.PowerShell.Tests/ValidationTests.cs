using System.Globalization;
using System.Management.Automation;
using System.Reflection;

namespace MedSeg.PowerShell.Tests;

/// <summary>What PowerShell refuses when it binds values to parameters, and in which words.</summary>
public sealed class ValidationTests : IDisposable
{
    private readonly ModuleSession _session = new();
    private readonly (string Command, ParameterMetadata Parameter)[] _parameters;

    public ValidationTests() => _parameters =
    [
        .. _session.Run("Get-Command -Module MedSeg -CommandType Cmdlet").Select(c => (CmdletInfo)c.BaseObject)
            .SelectMany(c => c.Parameters.Values.Where(p => !Cmdlet.CommonParameters.Contains(p.Name) && !Cmdlet.OptionalCommonParameters.Contains(p.Name)).Select(p => (c.Name, p))),
    ];

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Every_number_has_a_range_and_every_optional_text_a_rule()
    {
        Assert.True(_parameters.Length > 150);
        var lacking = new List<string>();
        foreach ((string command, ParameterMetadata parameter) in _parameters)
        {
            Type type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;

            // A seed may be any number.
            if ((type == typeof(int) || type == typeof(double)) && parameter.Name != "Seed" && RangeOf(parameter) is null)
            {
                lacking.Add($"{command} -{parameter.Name}: range");
            }

            // A mandatory text cannot be empty. Names of ROIs are looked at by the engine, and the devices of ONNX Runtime are its own.
            bool isMandatory = parameter.ParameterSets.Values.All(set => set.IsMandatory);
            if ((type == typeof(string) || type == typeof(string[])) && !isMandatory && parameter.Name is not ("LabelName" or "Device")
                && !parameter.Attributes.Any(a => a is ValidateNotNullOrEmptyAttribute || a.GetType().Name.StartsWith("ValidateModelName", StringComparison.Ordinal)))
            {
                lacking.Add($"{command} -{parameter.Name}: text that is not empty");
            }
        }

        Assert.Empty(lacking);
    }

    [Fact]
    public void Text_with_a_decimal_comma_is_no_number()
    {
        // As pwsh -File passes it: without the rule, PowerShell makes 1 of it.
        string[] numbers = [.. _parameters.Where(p => (Nullable.GetUnderlyingType(p.Parameter.ParameterType) ?? p.Parameter.ParameterType) is { } type && (type == typeof(double) || type == typeof(double[]))).Select(p => $"{p.Command} -{p.Parameter.Name}")];

        Assert.True(numbers.Length > 40, string.Join(", ", numbers));
        foreach (string number in numbers)
        {
            Assert.Contains("'0,001' has a comma, which PowerShell ignores", _session.Run($"try {{ {number} '0,001' }} catch {{ \"$_\" }}").Single().ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Number_outside_its_range_is_refused_with_the_bound()
    {
        int tried = 0;
        foreach ((string command, ParameterMetadata parameter) in _parameters)
        {
            if (RangeOf(parameter) is not { } range)
            {
                continue;
            }

            foreach ((object bound, int step) in new[] { (range.MinRange, -1), (range.MaxRange, 1) })
            {
                string value = (Convert.ToDouble(bound, CultureInfo.InvariantCulture) + step).ToString("R", CultureInfo.InvariantCulture);
                if (bound is int.MaxValue)
                {
                    continue;
                }

                ErrorRecord error = Refusal($"{command} -{parameter.Name} {value}");
                Assert.Contains(Convert.ToString(bound, CultureInfo.CurrentCulture)!, error.Exception.Message, StringComparison.Ordinal);
                tried++;
            }
        }

        Assert.True(tried > 100);
    }

    [Fact]
    public void Ranges_of_the_training_parameters_are_those_of_the_engine()
    {
        int compared = 0;
        foreach ((string command, ParameterMetadata parameter) in _parameters.Where(p => _parameters.Any(o => o.Command == p.Command && o.Parameter.Name == "Recipe")))
        {
            PropertyInfo? option = Engine("TrainingOptions").GetProperty(parameter.Name) ?? Engine("Runs.RunOptions").GetProperty(parameter.Name);
            if (option is not null && RangeOf(parameter) is { } range)
            {
                // The module's own load context has the attribute's type.
                object stated = option.GetCustomAttributes().Single(a => a.GetType().Name == "OptionRangeAttribute");
                Assert.Equal((option.Name, Number(stated, "Minimum"), Number(stated, "Maximum")), (parameter.Name, Convert.ToDouble(range.MinRange, CultureInfo.InvariantCulture), Convert.ToDouble(range.MaxRange, CultureInfo.InvariantCulture)));
                compared++;
            }

            Assert.True(option is null || !option.GetCustomAttributes().Any(a => a.GetType().Name == "OptionRangeAttribute") || RangeOf(parameter) is not null, $"{command} -{parameter.Name} has no range.");
        }

        // Start-MedSegTraining has 30, a sweep no MpiTimeout, a cross-validation no ValidationFraction and no Fold either, a preview the transforms only.
        Assert.Equal(30 + 29 + 27 + 12, compared);

        Type Engine(string name) => _parameters.First(p => p.Parameter.ParameterType.Name == "Recipe").Parameter.ParameterType.Assembly.GetType($"MedSeg.Training.{name}")!;
        static double Number(object attribute, string name) => (double)attribute.GetType().GetProperty(name)!.GetValue(attribute)!;
    }

    [Fact]
    public void Name_that_is_none_of_a_set_is_refused_with_all_that_are()
    {
        int tried = 0;
        foreach ((string command, ParameterMetadata parameter) in _parameters)
        {
            Type type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
            if (type.IsEnum)
            {
                ErrorRecord error = Refusal($"{command} -{parameter.Name} Nonsense");
                Assert.All(Enum.GetNames(type), name => Assert.Contains(name, error.Exception.Message, StringComparison.Ordinal));
                tried++;
            }
        }

        Assert.True(tried > 15);
    }

    [Theory]
    [InlineData("Start-MedSegTraining -ModelName 'a b'", "'a b' was given; it must be of letters from A to Z, digits, '.', '_' and '-', such as spine-2, since files are named after it.")]
    [InlineData("Start-MedSegTraining -ModelName ../up", "it must be of letters from A to Z")]
    [InlineData("Start-MedSegTraining -Device Gpu", "'Gpu' was given; it must be Auto, Cpu, Cuda or Cuda:n, such as Cuda:0; Get-MedSegDevice lists those of this machine.")]
    [InlineData("Invoke-MedSegCrossValidation -Device Cpu, Cuda:x", "'Cuda:x' was given; it must be Auto, Cpu, Cuda or Cuda:n")]
    [InlineData("Start-MedSegTraining -FoldPath ''", "null or empty")]
    [InlineData("Start-MedSegTraining -OutputPath ''", "empty string")]
    [InlineData("Import-MedSegDataset -CachePath ''", "null or empty")]
    [InlineData("Start-MedSegTraining -LearningRate 0,001", "LearningRate")]
    [InlineData("Start-MedSegTraining -DropoutRate ([double]::NaN)", "0")]
    public void Text_that_breaks_a_rule_is_refused_in_words(string script, string message) =>
        Assert.Contains(message, Refusal(script).Exception.Message, StringComparison.Ordinal);

    [Fact]
    public void Path_on_a_drive_that_is_not_there_or_of_another_provider_is_refused_by_name()
    {
        Assert.Contains("'nowhere'", _session.Fail("Import-MedSegDataset nowhere:/data").Exception.Message, StringComparison.Ordinal);
        Assert.Contains("'env:x' is a path of the provider Environment", _session.Fail("Get-MedSegModel env:x").Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Smallest_crop_above_the_largest_is_refused()
    {
        _session.Run("$demo = New-MedSegDemoDataset -Path d -Patients 1 -HeldOutPatients 1 -SlicesPerPatient 1; $data = Import-MedSegDataset ./d/train -InputSize 32");

        ErrorRecord error = _session.Fail("$data | Start-MedSegTraining -OutputPath m -CropMinimum 0.9");

        Assert.Equal("CropInvalid", ModuleSession.IdOf(error));
        Assert.Equal("-CropMinimum is 0.9, which is more than -CropMaximum, 0.8.", error.ErrorDetails.Message);
        Assert.Equal("Give a smaller -CropMinimum or a larger -CropMaximum, too.", error.ErrorDetails.RecommendedAction);
    }

    private static ValidateRangeAttribute? RangeOf(ParameterMetadata parameter) => parameter.Attributes.OfType<ValidateRangeAttribute>().SingleOrDefault();

    // Values are looked at before PowerShell asks for what is missing.
    private ErrorRecord Refusal(string script)
    {
        using System.Management.Automation.PowerShell shell = _session.Create(script);
        Assert.Empty(shell.Invoke());
        ErrorRecord error = Assert.Single(shell.Streams.Error);
        Assert.IsType<ParameterBindingException>(error.Exception, exactMatch: false);
        Assert.DoesNotContain("MissingMandatoryParameter", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        return error;
    }
}
