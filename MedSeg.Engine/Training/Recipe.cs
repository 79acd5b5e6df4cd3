namespace MedSeg.Training;

/// <summary>A named set of training options.</summary>
public enum Recipe
{
    /// <summary>Exactly the published numbers (Dourthe et al. 2021).</summary>
    Published,

    /// <summary>The options that scored best in cross-validation on demo data; see docs/recipes.md.</summary>
    Best,
}
