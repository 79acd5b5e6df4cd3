namespace MedSeg.Volumes;

/// <summary>A point or step in three dimensions, in patient coordinates (mm) or voxel indices.</summary>
/// <param name="X">Towards the patient's left (DICOM's coordinates), or the first index.</param>
/// <param name="Y">Towards the patient's back, or the second index.</param>
/// <param name="Z">Towards the head, or the third index.</param>
internal readonly record struct Vector3D(double X, double Y, double Z)
{
    public double Length => Math.Sqrt(Dot(this));

    public bool IsFinite => double.IsFinite(X) && double.IsFinite(Y) && double.IsFinite(Z);

    public double this[int axis] => axis switch { 0 => X, 1 => Y, _ => Z };

    public static Vector3D operator +(Vector3D a, Vector3D b) => new(a.X + b.X, a.Y + b.Y, a.Z + b.Z);

    public static Vector3D operator -(Vector3D a, Vector3D b) => new(a.X - b.X, a.Y - b.Y, a.Z - b.Z);

    public static Vector3D operator *(double factor, Vector3D a) => new(factor * a.X, factor * a.Y, factor * a.Z);

    public double Dot(Vector3D other) => (X * other.X) + (Y * other.Y) + (Z * other.Z);

    public Vector3D Cross(Vector3D other) =>
        new((Y * other.Z) - (Z * other.Y), (Z * other.X) - (X * other.Z), (X * other.Y) - (Y * other.X));
}
