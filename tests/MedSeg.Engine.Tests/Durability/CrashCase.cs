namespace MedSeg.Tests.Durability;

/// <summary>Work that is interrupted at each of its calls, and how to tell that nothing is wrong afterwards.</summary>
internal abstract class CrashCase
{
    /// <summary>Gets the name, for reports.</summary>
    public abstract string Name { get; }

    /// <summary>Does the work.</summary>
    /// <param name="folder">The absolute path of the folder to write to, which need not exist.</param>
    public abstract void Run(string folder);

    /// <summary>Checks what is in the folder after an interruption, does the work again, and checks that the result is that of uninterrupted work.</summary>
    /// <param name="folder">The absolute path.</param>
    public abstract void Check(string folder);
}
