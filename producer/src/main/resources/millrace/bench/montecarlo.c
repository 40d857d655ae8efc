/* What `millrace bench native` holds the kernel montecarlo against: the same paths, random numbers, payoffs and greeks
   in plain C, in batches that the compiler makes vector code of. Each path has the kernel's bits; sums are plain
   ones, which depend on the order of the paths, where the kernel's are exact.

   montecarlo european|asian SPOT STRIKE RATE VOLATILITY DIVIDEND MATURITY STEPS PATHS SEED

   Prices a call. Prints the seconds that computing took, and the sums of payoff, delta and vega and of their squares. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BATCH = 256, HALF = BATCH / 2, SUMS = 6 };

/* ---- Philox4x32-10 (J. K. Salmon and others, 2011) */

static uint32_t key0, key1;

/* Probabilities less 1/2, of BATCH paths from `path` on. */
static void offsets(uint64_t path, uint32_t step, double *restrict offset) {
    uint64_t block = path / 2;
    for (int i = 0; i < HALF; i++) {
        uint64_t c0 = (uint32_t) (block + i), c1 = block >> 32, c2 = step, c3 = 0;
        uint32_t k0 = key0, k1 = key1;
        for (int round = 0; round < 10; round++) {
            uint64_t p = (c0 & 0xffffffff) * 0xd2511f53ULL, q = (c2 & 0xffffffff) * 0xcd9e8d57ULL;
            c0 = (q >> 32) ^ c1 ^ k0;
            c1 = q;
            c2 = (p >> 32) ^ c3 ^ k1;
            c3 = p;
            k0 += 0x9e3779b9;
            k1 += 0xbb67ae85;
        }
        offset[i] = (double) ((int64_t) (c0 << 32 | (c1 & 0xffffffff)) >> 12) * 0x1p-52 + 0x1p-53;
        offset[i + HALF] = (double) ((int64_t) (c2 << 32 | (c3 & 0xffffffff)) >> 12) * 0x1p-52 + 0x1p-53;
    }
}

/* ---- exp and log (fdlibm's polynomial), for vectors */

#define LN2_HIGH 0.6931471803691238
#define LN2_LOW 1.9082149292705877e-10

static inline double from_bits(uint64_t bits) {
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint64_t to_bits(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static inline double exponential(double a) {
    double rounded = a * 1.4426950408889634 + 0x1.8p52, k = rounded - 0x1.8p52;
    double r = fma(-k, LN2_LOW, fma(-k, LN2_HIGH, a));
    double p = 1.0 / 6227020800.0;
    p = fma(p, r, 1.0 / 479001600);
    p = fma(p, r, 1.0 / 39916800);
    p = fma(p, r, 1.0 / 3628800);
    p = fma(p, r, 1.0 / 362880);
    p = fma(p, r, 1.0 / 40320);
    p = fma(p, r, 1.0 / 5040);
    p = fma(p, r, 1.0 / 720);
    p = fma(p, r, 1.0 / 120);
    p = fma(p, r, 1.0 / 24);
    p = fma(p, r, 1.0 / 6);
    p = fma(p, r, 0.5);
    p = fma(p, r, 1);
    return from_bits(to_bits(fma(p, r, 1)) + (to_bits(rounded) << 52));
}

static inline double logarithm(double value) {
    const uint64_t mantissa = (1ULL << 52) - 1;
    uint64_t bits = to_bits(value), up = ((bits & mantissa) + 0x95f61998ef0f0ULL) >> 52;
    double k = (double) (int) ((int64_t) (bits >> 52) - 1023 + (int64_t) up);
    double f = from_bits((bits & mantissa) | (1023 - up) << 52) - 1;
    double s = f / (2 + f), z = s * s;
    double p = 0.14798198605116586;
    p = fma(p, z, 0.15313837699209373);
    p = fma(p, z, 0.1818357216161805);
    p = fma(p, z, 0.22222198432149784);
    p = fma(p, z, 0.2857142874366239);
    p = fma(p, z, 0.3999999999940942);
    p = fma(p, z, 0.6666666666666735);
    p *= z;
    double half = 0.5 * f * f;
    return fma(k, LN2_HIGH, f - (half - fma(s, half + p, k * LN2_LOW)));
}

/* ---- the inverse normal distribution (M. J. Wichura, AS 241, 1988) */

static inline double rational(double r, const double *p, const double *q) {
    double above = p[7], below = q[6];
    for (int i = 6; i >= 0; i--) above = fma(above, r, p[i]);
    for (int i = 5; i >= 0; i--) below = fma(below, r, q[i]);
    return above / fma(below, r, 1);
}

static const double OUTER_P[] = {1.42343711074968357734e+0, 4.63033784615654529590e+0, 5.76949722146069140550e+0,
    3.64784832476320460504e+0, 1.27045825245236838258e+0, 2.41780725177450611770e-1, 2.27238449892691845833e-2,
    7.74545014278341407640e-4};
static const double OUTER_Q[] = {2.05319162663775882187e+0, 1.67638483018380384940e+0, 6.89767334985100004550e-1,
    1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9};
static const double OUTMOST_P[] = {6.65790464350110377720e+0, 5.46378491116411436990e+0, 1.78482653991729133580e+0,
    2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5,
    2.01033439929228813265e-7};
static const double OUTMOST_Q[] = {5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
    7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15};

static inline double middle(double offset) {
    double r = fma(-offset, offset, 0.425 * 0.425);
    double p = 2.5090809287301226727e+3;
    p = fma(p, r, 3.3430575583588128105e+4);
    p = fma(p, r, 6.7265770927008700853e+4);
    p = fma(p, r, 4.5921953931549871457e+4);
    p = fma(p, r, 1.3731693765509461125e+4);
    p = fma(p, r, 1.9715909503065514427e+3);
    p = fma(p, r, 1.3314166789178437745e+2);
    p = fma(p, r, 3.3871328727963666080e+0);
    double q = 5.2264952788528545610e+3;
    q = fma(q, r, 2.8729085735721942674e+4);
    q = fma(q, r, 3.9307895800092710610e+4);
    q = fma(q, r, 2.1213794301586595867e+4);
    q = fma(q, r, 5.3941960214247511077e+3);
    q = fma(q, r, 6.8718700749205790830e+2);
    q = fma(q, r, 4.2313330701600911252e+1);
    q = fma(q, r, 1);
    return offset * p / q;
}

/* The middle's formula for all; the one in seven that is outside is gathered, so that it has vector code too. */
static void inverse_normal(const double *restrict offset, double *restrict z) {
    int place[BATCH + 1], size = 0;
    double tail[BATCH], root[BATCH];
    for (int i = 0; i < BATCH; i++) z[i] = middle(offset[i]);
    for (int i = 0; i < BATCH; i++) {
        place[size] = i;
        size += fabs(offset[i]) > 0.425;
    }
    for (int i = 0; i < size; i++) tail[i] = 0.5 - fabs(offset[place[i]]);
    for (int i = 0; i < size; i++) {
        root[i] = sqrt(-logarithm(tail[i]));
        tail[i] = rational(root[i] - 1.6, OUTER_P, OUTER_Q);
    }
    for (int i = 0; i < size; i++) {
        double value = root[i] <= 5 ? tail[i] : rational(root[i] - 5, OUTMOST_P, OUTMOST_Q);
        z[place[i]] = copysign(value, offset[place[i]]);
    }
}

/* ---- paths */

static int asian, steps;
static double spot, strike, rate, volatility, dividend, maturity, drift, step_time, step_deviation;

static double motion[BATCH], growth[BATCH], average[BATCH], slope[BATCH];

static void move(uint64_t path, uint32_t step) {
    double offset[BATCH], z[BATCH];
    offsets(path, step, offset);
    inverse_normal(offset, z);
    for (int i = 0; i < BATCH; i++) motion[i] = fma(step_deviation, z[i], motion[i]);
}

static void grow(double time) {
    double fall = drift * time;
    for (int i = 0; i < BATCH; i++) growth[i] = exponential(fma(volatility, motion[i], fall));
}

static void simulate(uint64_t path) {
    memset(motion, 0, sizeof motion);
    memset(average, 0, sizeof average);
    memset(slope, 0, sizeof slope);
    if (!asian) {
        move(path, 0);
        grow(maturity);
        for (int i = 0; i < BATCH; i++) {
            average[i] = growth[i];
            slope[i] = growth[i] * (motion[i] - volatility * maturity);
        }
        return;
    }
    for (int step = 0; step < steps; step++) {
        move(path, step);
        double time = (step + 1) * step_time;
        grow(time);
        for (int i = 0; i < BATCH; i++) {
            average[i] += growth[i];
            slope[i] = fma(growth[i], motion[i] - volatility * time, slope[i]);
        }
    }
}

/* A sum for each place of a batch: vector code adds them side by side. */
static double sums[SUMS][BATCH];

static void pay(int paths) {
    double weight = asian ? 1.0 / steps : 1;
    for (int i = 0; i < paths; i++) {
        double mean = weight * average[i], value = spot * mean - strike;
        double payoff = value > 0 ? value : 0, pays = value > 0 ? 1 : 0;
        double delta = pays * mean, vega = pays * (spot * weight * slope[i]);
        sums[0][i] += payoff;
        sums[1][i] += delta;
        sums[2][i] += vega;
        sums[3][i] += payoff * payoff;
        sums[4][i] += delta * delta;
        sums[5][i] += vega * vega;
    }
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec * 1e-9;
}

int main(int count, char **arguments) {
    if (count != 11) {
        fprintf(stderr, "usage: montecarlo european|asian SPOT STRIKE RATE VOLATILITY DIVIDEND MATURITY STEPS PATHS SEED\n");
        return 2;
    }
    asian = strcmp(arguments[1], "asian") == 0;
    spot = atof(arguments[2]);
    strike = atof(arguments[3]);
    rate = atof(arguments[4]);
    volatility = atof(arguments[5]);
    dividend = atof(arguments[6]);
    maturity = atof(arguments[7]);
    steps = asian ? atoi(arguments[8]) : 1;
    uint64_t paths = strtoull(arguments[9], NULL, 10);
    int64_t seed = strtoll(arguments[10], NULL, 10);
    key0 = (uint32_t) seed;
    key1 = (uint32_t) (seed >> 32);
    step_time = maturity / steps;
    step_deviation = sqrt(step_time);
    drift = rate - dividend - volatility * volatility / 2;

    double started = now();
    for (uint64_t path = 0; path < paths; path += BATCH) {
        simulate(path);
        pay(paths - path < BATCH ? (int) (paths - path) : BATCH);
    }
    double totals[SUMS] = {0};
    for (int s = 0; s < SUMS; s++)
        for (int i = 0; i < BATCH; i++) totals[s] += sums[s][i];
    double seconds = now() - started;

    printf("Seconds: %.6f\nProgram: C by gcc %s\nSums:", seconds, __VERSION__);
    for (int s = 0; s < SUMS; s++) printf(" %.17g", totals[s]);
    printf("\n");
    return 0;
}
