using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Text;
using MedSeg.Errors;
using MedSeg.Training.Runs;

namespace MedSeg.PowerShell.Scheduling;

/// <summary>Writes the script that imports the data set and trains one fold, in a process of its own.</summary>
internal static class FoldScript
{
    /// <summary>Writes the script.</summary>
    /// <param name="location">The folder that relative paths refer to.</param>
    /// <param name="module">The module to import.</param>
    /// <param name="dataset">What imports the data set.</param>
    /// <param name="optionsPath">The options file.</param>
    /// <param name="run">Where the folds write and how they start.</param>
    public static string Of(string location, string module, ScriptBlock dataset, string optionsPath, RunOptions run)
    {
        var text = new StringBuilder("# Written by Invoke-MedSegCrossValidation -Scheduler Slurm: trains one fold. A fold that was interrupted continues from its checkpoint.\n");
        text.Append("param([Parameter(Mandatory)] [int] $Fold)\n");
        text.Append("$ErrorActionPreference = 'Stop'\n$ProgressPreference = 'SilentlyContinue'\n");
        text.Append(CultureInfo.InvariantCulture, $"Set-Location -LiteralPath {Text(location)}\nImport-Module {Text(module)}\n");
        text.Append(CultureInfo.InvariantCulture, $"$dataset = & {{\n{dataset.ToString().Trim('\r', '\n')}\n}}\n");
        text.Append("$run = @{\n");
        Add("OptionsPath", Text(optionsPath));
        Add("OutputPath", Text(run.OutputPath));
        Add("ModelName", $"{Text(run.ModelName + "-fold")} + $Fold");
        Add("Fold", "$Fold");
        Add("Device", string.Join(", ", run.Device.Split(',').Select(Text)));
        Add("AllowTF32", run.AllowTF32 ? "$true" : "$false");
        Add("CheckpointMinutes", run.CheckpointTime.TotalMinutes.ToString(CultureInfo.InvariantCulture));
        Add("KeepCheckpoints", run.KeepCheckpoints.ToString(CultureInfo.InvariantCulture));
        Add("TensorBoard", run.TensorBoard ? "$true" : "$false");
        if (run.InitialModel is { } initial)
        {
            Add("InitialModel", Text(initial));
        }

        // With -Force, only the first start replaces a model; after a requeue there is a checkpoint to continue from.
        Add("Resume", run.Force ? "[bool] $env:SLURM_RESTART_COUNT" : "$true");
        Add("Force", run.Force ? "-not $env:SLURM_RESTART_COUNT" : "$false");
        return text.Append("}\n$dataset | Start-MedSegTraining @run\n").ToString();

        void Add(string name, string value) => text.Append(CultureInfo.InvariantCulture, $"    {name} = {value}\n");
    }

    /// <summary>Refuses a script with variables of the session, which a task would not know.</summary>
    /// <param name="dataset">What imports the data set.</param>
    /// <exception cref="MedSegException"><c>SchedulerFailed</c>.</exception>
    public static void RequireComplete(ScriptBlock dataset)
    {
        var variables = dataset.Ast.FindAll(ast => ast is VariableExpressionAst, searchNestedScriptBlocks: true).Cast<VariableExpressionAst>().ToArray();
        var assigned = dataset.Ast.FindAll(ast => ast is AssignmentStatementAst or ForEachStatementAst or ParameterAst, searchNestedScriptBlocks: true)
            .SelectMany(ast => ast switch
            {
                AssignmentStatementAst assignment => assignment.Left.FindAll(left => left is VariableExpressionAst, searchNestedScriptBlocks: false),
                ForEachStatementAst loop => [loop.Variable],
                _ => (IEnumerable<Ast>)[((ParameterAst)ast).Name],
            })
            .Select(ast => ((VariableExpressionAst)ast).VariablePath.UserPath).ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (variables.FirstOrDefault(variable => !IsKnown(variable) && !assigned.Contains(variable.VariablePath.UserPath)) is { } unknown)
        {
            throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.SchedulerFailed, $"-DatasetScript uses the variable {unknown}, which the tasks of the job do not have.")
            {
                Advice = "Write its value into the script block, or assign it there.",
            };
        }
    }

    private static bool IsKnown(VariableExpressionAst variable) =>
        variable.IsConstantVariable()
        || variable.VariablePath.DriveName?.Equals("env", StringComparison.OrdinalIgnoreCase) == true
        || variable.VariablePath.UserPath.ToUpperInvariant() is "_" or "PSITEM" or "HOME" or "PWD" or "MATCHES" or "INPUT";

    private static string Text(string value) => $"'{CodeGeneration.EscapeSingleQuotedStringContent(value)}'";
}
