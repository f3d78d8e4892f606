/*
 * complex.c - multiplication and division of complex numbers: what libgcc has,
 * without a red zone. Source: C11 annex G.5.1, whose rules for infinities these
 * follow; gccint, "Soft float library routines", for the names.
 */
#define INFINITE(x) (__builtin_isinf_sign(x) != 0)
#define NAN_OF(x)   ((x) != (x))

/* An infinite part becomes one, a finite one zero, with its sign. */
#define BOX(T, x) ((T)__builtin_copysign(INFINITE(x) ? 1.0 : 0.0, (double)(x)))
/* A part that is no number becomes a zero with its sign. */
#define ZERO_IF_NAN(T, x)                                                      \
    (NAN_OF(x) ? (T)__builtin_copysign(0.0, (double)(x)) : (x))

#define MULTIPLY(name, T)                                                      \
    T _Complex name(T a, T b, T c, T d);                                       \
    T _Complex name(T a, T b, T c, T d)                                        \
    {                                                                          \
        T ac = a * c, bd = b * d, ad = a * d, bc = b * c;                      \
        T real = ac - bd, imaginary = ad + bc;                                 \
        int again = 0;                                                         \
                                                                               \
        if (!NAN_OF(real) || !NAN_OF(imaginary))                               \
            return __builtin_complex(real, imaginary);                         \
        if (INFINITE(a) || INFINITE(b)) {                                      \
            a = BOX(T, a), b = BOX(T, b);                                      \
            c = ZERO_IF_NAN(T, c), d = ZERO_IF_NAN(T, d);                      \
            again = 1;                                                         \
        }                                                                      \
        if (INFINITE(c) || INFINITE(d)) {                                      \
            c = BOX(T, c), d = BOX(T, d);                                      \
            a = ZERO_IF_NAN(T, a), b = ZERO_IF_NAN(T, b);                      \
            again = 1;                                                         \
        }                                                                      \
        if (!again &&                                                          \
            (INFINITE(ac) || INFINITE(bd) || INFINITE(ad) || INFINITE(bc))) {  \
            a = ZERO_IF_NAN(T, a), b = ZERO_IF_NAN(T, b);                      \
            c = ZERO_IF_NAN(T, c), d = ZERO_IF_NAN(T, d);                      \
            again = 1;                                                         \
        }                                                                      \
        if (again) {                                                           \
            real = (T)__builtin_inf() * (a * c - b * d);                       \
            imaginary = (T)__builtin_inf() * (a * d + b * c);                  \
        }                                                                      \
        return __builtin_complex(real, imaginary);                             \
    }

/* Smith's way, scaled by the larger part of the divisor. */
#define DIVIDE(name, T)                                                        \
    T _Complex name(T a, T b, T c, T d);                                       \
    T _Complex name(T a, T b, T c, T d)                                        \
    {                                                                          \
        int d_larger = (c < 0 ? -c : c) < (d < 0 ? -d : d);                    \
        T ratio = d_larger ? c / d : d / c;                                    \
        T below = d_larger ? c * ratio + d : d * ratio + c;                    \
        T real = (d_larger ? a * ratio + b : b * ratio + a) / below;           \
        T imaginary = (d_larger ? b * ratio - a : b - a * ratio) / below;      \
                                                                               \
        if (!NAN_OF(real) || !NAN_OF(imaginary))                               \
            return __builtin_complex(real, imaginary);                         \
        if (c == 0 && d == 0 && (!NAN_OF(a) || !NAN_OF(b))) {                  \
            T infinity = (T)__builtin_copysign(__builtin_inf(), (double)c);    \
                                                                               \
            real = infinity * a, imaginary = infinity * b;                     \
        } else if ((INFINITE(a) || INFINITE(b)) && __builtin_isfinite(c) &&    \
                   __builtin_isfinite(d)) {                                    \
            a = BOX(T, a), b = BOX(T, b);                                      \
            real = (T)__builtin_inf() * (a * c + b * d);                       \
            imaginary = (T)__builtin_inf() * (b * c - a * d);                  \
        } else if ((INFINITE(c) || INFINITE(d)) && __builtin_isfinite(a) &&    \
                   __builtin_isfinite(b)) {                                    \
            c = BOX(T, c), d = BOX(T, d);                                      \
            real = 0 * (a * c + b * d);                                        \
            imaginary = 0 * (b * c - a * d);                                   \
        }                                                                      \
        return __builtin_complex(real, imaginary);                             \
    }

MULTIPLY(__mulsc3, float)
MULTIPLY(__muldc3, double)
MULTIPLY(__mulxc3, long double)
DIVIDE(__divsc3, float)
DIVIDE(__divdc3, double)
DIVIDE(__divxc3, long double)
