using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Text;
using MedSeg.Errors;
using MedSeg.Training.Runs;

namespace MedSeg.PowerShell.Scheduling;

/// <summary>Writes the script that imports the data set and trains the run of a task, in a process of its own.</summary>
internal static class TaskScript
{
    /// <summary>Writes the script.</summary>
    /// <param name="location">The folder that relative paths refer to.</param>
    /// <param name="module">The module to import.</param>
    /// <param name="dataset">What imports the data set.</param>
    /// <param name="plan">The tasks.</param>
    public static string Of(string location, string module, ScriptBlock dataset, TaskPlan plan)
    {
        RunOptions run = plan.Run;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# Written by {plan.Command}: trains one {plan.Noun}. A {plan.Noun} that was interrupted continues from its checkpoint.\n");
        text.Append(CultureInfo.InvariantCulture, $"param([Parameter(Mandatory)] [int] ${plan.Parameter})\n");
        text.Append("$ErrorActionPreference = 'Stop'\n$ProgressPreference = 'SilentlyContinue'\n");
        text.Append(CultureInfo.InvariantCulture, $"Set-Location -LiteralPath {TaskPlan.Quote(location)}\nImport-Module {TaskPlan.Quote(module)}\n");
        text.Append(CultureInfo.InvariantCulture, $"$dataset = & {{\n{dataset.ToString().Trim('\r', '\n')}\n}}\n");
        text.Append(plan.Setup).Append("$training = @{\n");
        foreach ((string name, string value) in plan.Parameters)
        {
            Add(name, value);
        }

        Add("Device", string.Join(", ", run.Device.Split(',').Select(TaskPlan.Quote)));
        Add("AllowTF32", run.AllowTF32 ? "$true" : "$false");
        Add("CheckpointMinutes", run.CheckpointTime.TotalMinutes.ToString(CultureInfo.InvariantCulture));
        Add("KeepCheckpoints", run.KeepCheckpoints.ToString(CultureInfo.InvariantCulture));
        Add("TensorBoard", run.TensorBoard ? "$true" : "$false");
        if (run.InitialModel is { } initial)
        {
            Add("InitialModel", TaskPlan.Quote(initial));
        }

        // With -Force, only the first start replaces a model; after a requeue there is a checkpoint to continue from.
        Add("Resume", run.Force ? "[bool] $env:SLURM_RESTART_COUNT" : "$true");
        Add("Force", run.Force ? "-not $env:SLURM_RESTART_COUNT" : "$false");
        return text.Append("}\n$dataset | Start-MedSegTraining @training\n").ToString();

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
}
